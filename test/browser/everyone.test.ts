/**
 * Every story for whoever reads another language, from the other side, with a finger, on the narrowest phone, or with colours of
 * their own: nothing is cut off, nothing is too small to hit, nothing loses its outline.
 */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stories } from '../../packages/ui/src/mock/stories.ts';
import { CHROMIUM_NOTE, hasChromium, launchChromium } from './support/chromium.ts';
import { serveGallery, type Gallery } from './support/gallery.ts';
import { takePicture } from './support/pictures.ts';

const NARROWEST = { width: 320, height: 640 };
const WIDE = { width: 1280, height: 800 };
/** WCAG 2.2, 2.5.5: pixels that a finger needs each way. */
const FINGER = 44;

let gallery: Gallery;
let browser: Browser;

beforeAll(async () => {
  if (!hasChromium) return;
  gallery = await serveGallery();
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await gallery?.close();
});

async function openPage(options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  return context.newPage();
}

async function openStory(page: Page, query: Readonly<Record<string, string>>): Promise<void> {
  await page.goto(gallery.url({ modal: 'open', ...query }));
  await page.getByRole('dialog').waitFor();
}

/** What is wider than the place that it has, apart from what scrolls on purpose. */
function cutOff(page: Page): Promise<readonly string[]> {
  return page.locator('dialog').evaluate((dialog) => {
    const all = [dialog, ...dialog.querySelectorAll('*:not(.unseen, .lines, .lines *)')];
    const { left, right } = dialog.getBoundingClientRect();
    return all.flatMap((element) => {
      const box = element.getBoundingClientRect();
      const isOutside = box.width > 0 && (box.left < left - 1 || box.right > right + 1);
      const isCut = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0;
      const name = `${element.localName}.${element.getAttribute('class') ?? ''}`;
      return isOutside || isCut ? [`${name}: ${element.textContent.slice(0, 60)}`] : [];
    });
  });
}

/** Controls that are too small to hit, with their size. A link in a sentence may be as small as its words. */
function tooSmall(page: Page): Promise<readonly string[]> {
  return page.locator('dialog').evaluate((dialog, least) => {
    const controls = dialog.querySelectorAll(
      'button, summary, select, input:not([type="checkbox"]), label:has(input)',
    );
    return [...controls].flatMap((control) => {
      const { width, height } = control.getBoundingClientRect();
      const isSmall = height > 0 && (height < least || width < least);
      return isSmall ? [`${control.textContent.trim()}: ${String(width)} x ${String(height)}`] : [];
    });
  }, FINGER);
}

describe.skipIf(!hasChromium)(`everyone${CHROMIUM_NOTE}`, () => {
  it('reads every state in German on the narrowest phone, and hits every control', async () => {
    const page = await openPage({ viewport: NARROWEST, hasTouch: true, isMobile: true });
    for (const story of Object.keys(stories)) {
      await openStory(page, { story, lang: 'de' });
      const found = { story, cutOff: await cutOff(page), tooSmall: await tooSmall(page) };
      expect(found).toEqual({ story, cutOff: [], tooSmall: [] });
      await takePicture(page, `everyone/${story}-german-320`);
    }
  });

  it('reads every state from right to left', async () => {
    const page = await openPage({ viewport: WIDE });
    for (const story of Object.keys(stories)) {
      await openStory(page, { story, dir: 'rtl' });
      for (const viewport of [WIDE, NARROWEST]) {
        await page.setViewportSize(viewport);
        expect({ story, viewport, cutOff: await cutOff(page) }).toEqual({
          story,
          viewport,
          cutOff: [],
        });
        await takePicture(page, `everyone/${story}-rtl-${String(viewport.width)}`);
      }
    }
  });

  it('reads the state in a sidebar that has no room for the name of the chip beside it', async () => {
    const page = await openPage({ viewport: WIDE });
    await page.goto(gallery.url({ story: 'up-to-date', modal: 'closed' }));
    const seen = () =>
      page.locator('.chip-words').evaluate((line) => {
        const { top, bottom } = line.getBoundingClientRect();
        const boxes = [...line.children].map((words) => words.getBoundingClientRect());
        return boxes.map((box) => box.top >= top && box.bottom <= bottom);
      });
    expect(await seen()).toEqual([true, true]);
    await page.locator('#chip').evaluate((chip) => {
      chip.style.cssText = 'display: block; width: 178px';
    });
    expect(await seen()).toEqual([false, true]);
  });

  it('keeps the outline of what can be pressed where the reader sets the colours', async () => {
    const page = await openPage({ viewport: WIDE, forcedColors: 'active' });
    for (const story of ['available-breaking', 'staging', 'damaged', 'signed-out']) {
      await openStory(page, { story });
      const widths: readonly string[] = await page
        .locator('dialog button:not(.close), dialog input:not([type=checkbox])')
        .evaluateAll((all) =>
          all.map((each) => {
            const { defaultView } = each.ownerDocument;
            return defaultView === null ? '' : defaultView.getComputedStyle(each).borderTopWidth;
          }),
        );
      expect(widths.length).toBeGreaterThan(0);
      expect(widths).not.toContain('0px');
      await takePicture(page, `everyone/${story}-forced-colours`);
    }
  });
});

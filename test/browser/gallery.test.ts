/**
 * Every story of chip and modal in a real browser: readable for everyone (axe), silent in the console, light and
 * dark, at 360 and 1280 pixels.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stories } from '../../packages/ui/src/mock/stories.ts';
import {
  CHROMIUM_NOTE,
  collectErrors,
  hasChromium,
  launchChromium,
  styleOf,
} from './support/chromium.ts';
import { serveGallery, type Gallery } from './support/gallery.ts';
import { takePicture } from './support/pictures.ts';
import { violationsOn } from './support/violations.ts';

const NARROW = { width: 360, height: 740 };
const WIDE = { width: 1280, height: 800 };
const THEMES = ['light', 'dark'] as const;

let gallery: Gallery;
let browser: Browser;
let page: Page;
let errors: readonly string[];

beforeAll(async () => {
  if (!hasChromium) return;
  gallery = await serveGallery();
  browser = await launchChromium();
  const context = await browser.newContext({ viewport: WIDE, reducedMotion: 'reduce' });
  page = await context.newPage();
  errors = collectErrors(page);
});

afterAll(async () => {
  await browser?.close();
  await gallery?.close();
});

/** It must be silent at both widths, with or without a picture. */
async function photograph(name: string): Promise<void> {
  for (const viewport of [NARROW, WIDE]) {
    await page.setViewportSize(viewport);
    await takePicture(page, `gallery/${name}-${String(viewport.width)}`);
  }
}

const open = (story: string, modal: string, theme = 'light') =>
  page.goto(gallery.url({ story, modal, theme }));
const button = (name: string) => page.getByRole('button', { name, exact: true });
const sizeOf = async (name: string) => {
  const box = await button(name).boundingBox();
  return { width: Math.round(box?.width ?? 0), height: box?.height };
};
const focused = () => page.locator('*:focus').last().innerText();

describe.skipIf(!hasChromium)(`the gallery${CHROMIUM_NOTE}`, () => {
  describe.each(THEMES)('%s', (theme) => {
    it.each(Object.keys(stories))('%s is readable for everyone and silent', async (story) => {
      await open(story, 'open', theme);
      await page.getByRole('dialog').waitFor();
      expect(await violationsOn(page, gallery.axeUrl)).toEqual([]);
      await photograph(`${story}-${theme}`);
      expect(errors).toEqual([]);
    });

    it('shows every chip', async () => {
      await page.goto(gallery.url({ theme }));
      await page.locator('.stories .chip').last().waitFor();
      expect(await violationsOn(page, gallery.axeUrl)).toEqual([]);
      await takePicture(page, `gallery/chips-${theme}`, { fullPage: true });
    });
  });

  it('opens the details at a click, with the focus on the button that starts nothing', async () => {
    await open('available', 'closed');
    await button('Updates: Update available').click();
    await expect.poll(focused).toBe('Close');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect.poll(focused).toContain('Update available');
  });

  it.each([
    ['available', [true, 0, 'Close']],
    ['signed-out', [true, 1, 'password']],
  ])('answers a click before it makes what fills the dialog: %s', async (story, atOnce) => {
    await open(story, 'closed');
    await page.locator('.chip').first().waitFor();
    const seen = await page.evaluate(`(async () => {
      const { shadowRoot } = document.querySelector('#chip');
      const before = shadowRoot.querySelector('dialog');
      shadowRoot.querySelector('.chip').click();
      // Long before the next picture.
      await Promise.resolve();
      const { activeElement } = shadowRoot;
      const dialog = shadowRoot.querySelector('dialog');
      const filling = dialog.querySelector('.body').childElementCount;
      return [before, dialog.open, filling, activeElement.id || activeElement.innerText];
    })()`);
    expect(seen).toEqual([null, ...atOnce]);
    await page.locator('dialog .body > *').first().waitFor();
  });

  it.each([
    ['signed-out', 'password'],
    ['committed', 'title'],
  ])('puts the focus where one begins when %s opens by itself', async (story, id) => {
    await open(story, 'open');
    await expect.poll(() => page.locator('*:focus').last().getAttribute('id')).toBe(id);
  });

  it('opens again however soon after it was closed', async () => {
    await open('staging', 'open');
    await page.evaluate(`(() => {
      const { shadowRoot } = document.querySelector('#chip');
      shadowRoot.querySelector('dialog').requestClose();
      shadowRoot.querySelector('.chip').click();
    })()`);
    // The browser tells of the end after a moment.
    await page.waitForTimeout(200);
    expect(await page.getByRole('dialog').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('leaves a dead button its colours under the pointer', async () => {
    await open('staging', 'open');
    const check = button('Check now');
    const before = await styleOf(check, 'background-color');
    await check.hover();
    expect(await styleOf(check, 'background-color')).toBe(before);
  });

  it('says beside a dead button why it is dead', async () => {
    await open('staging', 'open');
    const check = button('Check now');
    expect(await check.getAttribute('aria-disabled')).toBe('true');
    const reason = page.locator(`#${String(await check.getAttribute('aria-describedby'))}`);
    expect(await reason.innerText()).toContain('An update is running');
  });

  it('asks once before a roll-back, with the focus on the way out', async () => {
    await open('up-to-date', 'open');
    await button('Roll back to 1.2.4').click();
    await page.getByText('Roll back to 1.2.4?').waitFor();
    await expect.poll(focused).toBe('Keep 1.3.0');
    expect(await violationsOn(page, gallery.axeUrl)).toEqual([]);
    await photograph('roll-back-confirm');
    await button('Keep 1.3.0').click();
    await expect.poll(focused).toBe('Roll back to 1.2.4');
  });

  it('does not take a double click on what begins an update for one on what cancels it', async () => {
    await open('live', 'open');
    await button('Download & Install').dblclick({ delay: 100 });
    await button('Cancel update').waitFor();
    await page.getByText('1.4.0 is installed').first().waitFor();
  });

  it('keeps the focus where it was when something is copied', async () => {
    await open('log', 'open');
    await page.getByRole('button', { name: 'Copy' }).first().focus();
    await page.keyboard.press('Enter');
    await button('Copied').waitFor();
    await expect.poll(focused).toBe('Copied');
  });

  it('puts the focus back into the field when the password was wrong', async () => {
    await open('sign-in-refused', 'open');
    await expect.poll(() => page.locator('*:focus').last().getAttribute('id')).toBe('password');
  });

  it('leaves the focus on the button whose form is being sent', async () => {
    await open('signing-in', 'open');
    await button('Sign in').focus();
    expect(await focused()).toBe('Sign in');
    expect(await button('Sign in').getAttribute('aria-disabled')).toBe('true');
  });

  it('cuts a version that is longer than the page is wide, not the page', async () => {
    await page.setViewportSize({ width: 320, height: 640 });
    await open('skipped-long', 'closed');
    const chip = page.locator('.chip').first();
    await chip.waitFor();
    const { x = 0, width = 0 } = (await chip.boundingBox()) ?? {};
    expect(x + width).toBeLessThanOrEqual(320);
    const [label, all] = await page
      .locator('.chip-label')
      .first()
      .evaluate((element) => [element.clientWidth, element.scrollWidth]);
    expect(label).toBeLessThan(Number(all));
    await page.setViewportSize(WIDE);
  });

  it('offers a release that did not last here as a second try, and looks for another first', async () => {
    await open('rolled-back', 'open');
    const classOf = (name: string) => button(name).getAttribute('class');
    expect([await classOf('Install again'), await classOf('Check now')]).toEqual([
      'plain',
      'primary',
    ]);
    await page.getByText('This version was taken back on this device before.').waitFor();
    expect(await button('Download & Install').count()).toBe(0);
  });

  it('gives both the same room on a small phone', async () => {
    await page.setViewportSize({ width: 320, height: 568 });
    await open('rolled-back', 'open');
    expect(await sizeOf('Check now')).toEqual({ width: 139, height: 44 });
    expect(await sizeOf('Install again')).toEqual({ width: 139, height: 44 });
    await page.setViewportSize(WIDE);
  });

  it('marks no words of a button that is pressed twice', async () => {
    await open('rolled-back', 'open');
    await button('View logs').dblclick();
    expect(await page.evaluate('String(getSelection())')).toBe('');
  });

  it('can be read where a page is made four times as large', async () => {
    await page.setViewportSize({ width: 320, height: 256 });
    await open('available', 'open');
    const last = button('Download & Install');
    await last.scrollIntoViewIfNeeded();
    // Where head and buttons stand still, a line or two is all that moves between them.
    expect((await page.getByRole('heading', { name: 'Updates' }).boundingBox())?.y).toBeLessThan(0);
    await page.setViewportSize(WIDE);
  });

  it('shows the log when it is asked for, and lets a person select its text', async () => {
    await page.setViewportSize(NARROW);
    await open('rolled-back', 'open');
    await button('View logs').click();
    const line = page.getByText('answers HTTP 502');
    await line.waitFor();
    await photograph('log-opened');
    await line.dblclick();
    expect(await page.evaluate('String(getSelection())')).not.toBe('');
    await button('Hide logs').click();
    await line.waitFor({ state: 'detached' });
  });

  it('keeps the whole log in sight while lines arrive', async () => {
    await page.setViewportSize(NARROW);
    await open('live', 'open');
    await button('Download & Install').click();
    await button('View logs').click();
    await page.getByText('staging: begun').waitFor();
    const bottomOf = async (selector: string): Promise<number> => {
      const box = await page.locator(selector).boundingBox();
      return box === null ? Number.NaN : box.y + box.height;
    };
    await expect
      .poll(async () => (await bottomOf('.lines')) - (await bottomOf('.body')))
      .toBeLessThan(1);
  });

  it('brings what an audit found into sight, with the way to mend it', async () => {
    await page.setViewportSize({ width: 360, height: 420 });
    await open('live', 'open');
    await button('Check installed files').click();
    const title = page.getByRole('heading', { name: '1 installed file is damaged' });
    await title.waitFor();
    const top = async (): Promise<number> => (await title.boundingBox())?.y ?? Number.NaN;
    await expect.poll(top).toBeGreaterThan(0);
    await page.getByText('Which files').click();
    await page.getByText('pikit-web/index.html was changed').waitFor();
    expect(await violationsOn(page, gallery.axeUrl)).toEqual([]);
    await button('Repair').click();
    await button('Cancel repair').waitFor();
    await page.getByText('1.3.0 is repaired').first().waitFor();
    await page.setViewportSize(NARROW);
  });

  it('installs only in the modal, goes on when it is closed, and tells the outcome', async () => {
    await open('live', 'closed');
    await button('Updates: Update available').click();
    await button('Download & Install').click();
    await page.getByRole('progressbar').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /Updating \d+%/ }).click();
    await page.getByText('1.4.0 is installed').first().waitFor();
    expect(await violationsOn(page, gallery.axeUrl)).toEqual([]);
    expect(errors).toEqual([]);
  });
});

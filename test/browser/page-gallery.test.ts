/**
 * The page in every state from mock data: readable for everyone (axe) in both themes, silent in the console, as wide as the
 * screen and no wider, at 360 and 1280 pixels.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM_NOTE, collectErrors, hasChromium, launchChromium } from './support/chromium.ts';
import { serveGallery, type Gallery } from './support/gallery.ts';
import { takePicture } from './support/pictures.ts';
import { violationsOn } from './support/violations.ts';

const THEMES = ['light', 'dark'] as const;
const STORIES = [
  'usual',
  'new',
  'check-off',
  'many',
  'loading',
  'failing',
  'crashing',
  'sending',
  'ready',
  'refused',
  'signed-out',
  'set-up',
];

let gallery: Gallery;
let browser: Browser;
let page: Page;
let errors: readonly string[];

beforeAll(async () => {
  if (!hasChromium) return;
  gallery = await serveGallery();
  browser = await launchChromium();
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    timezoneId: 'Europe/Berlin',
  });
  page = await context.newPage();
  errors = collectErrors(page);
});
afterAll(async () => {
  await browser?.close();
  await gallery?.close();
});

const button = (name: string) => page.getByRole('button', { name, exact: true });

async function open(story: string, query: Readonly<Record<string, string>> = {}): Promise<void> {
  await page.goto(gallery.url({ story: 'up-to-date', page: story, ...query }));
  await page.locator('#page h2').first().waitFor();
}

/** How far one could scroll sideways. */
const overhang = () =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

async function looksRight(name: string, widths: readonly number[] = [1280, 360]): Promise<void> {
  expect(await violationsOn(page, gallery.axeUrl)).toEqual([]);
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    expect({ name, width, overhang: await overhang() }).toEqual({ name, width, overhang: 0 });
    await takePicture(page, `page/${name}-${String(width)}`, { fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  expect(errors).toEqual([]);
}

const chooseFile = () =>
  page.locator('#page input[type=file]').setInputFiles({
    name: 'pikit-1.4.0.tar',
    mimeType: 'application/x-tar',
    buffer: Buffer.alloc(2_000_000),
  });

describe.skipIf(!hasChromium)(`the page in the gallery${CHROMIUM_NOTE}`, () => {
  describe.each(THEMES)('%s', (theme) => {
    it.each(STORIES)('%s is readable for everyone and silent', async (story) => {
      await open(story, { theme });
      if (['sending', 'ready', 'refused'].includes(story)) {
        await chooseFile();
        await page
          .locator('#page')
          .getByText('pikit-1.4.0.tar')
          .or(button('Open to install'))
          .waitFor();
      }
      await looksRight(`${story}-${theme}`);
    });

    it('shows an opened failure with its log, a token that was made, and a question', async () => {
      await open('usual', { theme });
      await page.getByText('undone').first().click();
      await page.getByText('answers HTTP 502').waitFor();
      await page.getByLabel('Name').fill('Backup script');
      await button('Make a token').click();
      await page.getByText('pikit_Zm9y').waitFor();
      await button('Revoke Grafana').click();
      await button('Keep it').waitFor();
      await looksRight(`opened-${theme}`);
    });
  });

  it('is whole in German at 320 pixels, and from right to left', async () => {
    await open('usual', { lang: 'de' });
    await page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
    await looksRight('german', [320, 1280]);
    await open('usual', { dir: 'rtl' });
    await looksRight('right-to-left', [360, 1280]);
  });

  it('gives the focus to the card when what had it is gone', async () => {
    await open('usual');
    await page.getByLabel('Name').fill('Backup script');
    await page.keyboard.press('Enter');
    await button('I have kept it').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('*:focus').getAttribute('id')).toBe('access');
  });

  it('tries every story that there is', async () => {
    await page.goto(gallery.url({}));
    const links = page.getByRole('link', { name: /^page: / });
    await links.last().waitFor();
    expect(await links.allInnerTexts()).toEqual(STORIES.map((name) => `page: ${name}`));
  });

  it('has no target lower than 44 pixels', async () => {
    await open('usual');
    const low = await page
      .locator('#page :is(button, select, summary, input:not([type=file]))')
      .evaluateAll((all) =>
        all.flatMap((each) => {
          const { height } = each.getBoundingClientRect();
          return height > 0 && height < 44 ? [`${each.outerHTML}: ${String(height)}`] : [];
        }),
      );
    expect(low).toEqual([]);
  });

  it('shows twenty of many and then more, and what is asked for', async () => {
    await open('many');
    const entries = page.locator('.entries > li');
    await page.getByText('20 of 57').waitFor();
    await button('Show more').click();
    await page.getByText('40 of 57').waitFor();
    expect(await entries.count()).toBe(40);
    await button('Failures').click();
    await expect.poll(() => entries.count()).toBe(16);
    expect(await entries.allInnerTexts()).not.toContain('Installed');
  });

  it('fails card by card, says why, and can be asked again', async () => {
    await open('failing');
    const again = button('Try again');
    await expect.poll(() => again.count()).toBe(3);
    await page.getByLabel('Channel').selectOption('beta');
    await page.getByText('Not changed. The updater on this device').waitFor();
    expect(await page.getByLabel('Channel').inputValue()).toBe('');
    await page.getByRole('heading', { name: 'This device' }).waitFor();
  });

  it('loses to a mistake in one card that card alone', async () => {
    await open('crashing');
    const history = page.getByRole('region', { name: 'History' });
    await history.getByText('This part of the page could not be shown.').waitFor();
    await page.getByText('Safari on iPhone').waitFor();
    expect(await page.locator('#page .card').count()).toBe(5);
  });

  it('sends a dropped file, shows how far it is, and stops when it is told to', async () => {
    await open('sending');
    const files = await page.evaluateHandle(
      `(() => {
        const files = new DataTransfer();
        files.items.add(new File([new Uint8Array(2_000_000)], 'dropped.tar'));
        return files;
      })()`,
    );
    await page.locator('.drop').dispatchEvent('drop', { dataTransfer: files });
    await page.getByText('dropped.tar is on its way').waitFor();
    await page.getByText('1 MB of 2 MB').waitFor();
    await button('Cancel').click();
    await page.getByText('The transfer was cancelled').waitFor();
  });
});

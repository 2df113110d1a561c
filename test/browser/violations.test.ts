/** The look for violations that the other browser tests rely on: it finds them, in a shadow tree too, and again after a change. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM_NOTE, hasChromium, launchChromium } from './support/chromium.ts';
import { violationsOn } from './support/violations.ts';

const PAGE = `<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1>
<div><template shadowrootmode="open"><img src="data:,"><p style="color: #ccc; background: #fff">Pale</p></template></div></main>`;

let browser: Browser;
beforeAll(async () => {
  if (hasChromium) browser = await launchChromium();
});
afterAll(() => browser?.close());

describe.skipIf(!hasChromium)(`the look for violations${CHROMIUM_NOTE}`, () => {
  it('names each rule that is broken with the elements that break it, as often as it is asked', async () => {
    const page = await browser.newPage();
    await page.setContent(PAGE);
    const found = ['color-contrast: <p style', 'image-alt: <img src="data:,">'];
    for (const time of ['first', 'second']) {
      const all = (await violationsOn(page)).toSorted();
      expect([time, ...all.map((each, at) => each.slice(0, found[at]?.length))]).toEqual([
        time,
        ...found,
      ]);
    }
    await page.setContent(PAGE.replace('<img', '<img alt="" ').replace('#ccc', '#000'));
    expect(await violationsOn(page)).toEqual([]);
  });
});

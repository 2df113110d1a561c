/**
 * The owner's whole way in a real browser against the real stack: sign in, see what changes, install, watch, see the page
 * change, find and repair a damaged file, roll back, and a bad release that undoes itself. Every state is readable for everyone, light and dark.
 */
import { AxeBuilder } from '@axe-core/playwright';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClosers } from '../demo/closers.ts';
import { startDemo, type Demo } from '../demo/start-demo.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { CHROMIUM_NOTE, collectErrors, hasChromium, launchChromium } from './support/chromium.ts';

const PICTURES = fileURLToPath(new URL('../../test-output/whole-way', import.meta.url));
const closers = createClosers();
let demo: Demo;
let page: Page;
let errors: readonly string[];

beforeAll(async () => {
  if (!hasChromium) return;
  await mkdir(PICTURES, { recursive: true });
  const temp = await makeTempDir();
  await closers.add(() => temp.remove());
  demo = await startDemo({
    sandbox: temp.path,
    reset: false,
    port: 18_520,
    closers,
    onUnexpectedEnd: (which, words) => process.stderr.write(`${which} ended: ${words}\n`),
  });
  const browser: Browser = await launchChromium();
  await closers.add(() => browser.close());
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
  });
  page = await context.newPage();
  errors = collectErrors(page);
});
afterAll(() => closers.closeAll());

const button = (name: string) => page.getByRole('button', { name, exact: true });
const chip = (state: string | RegExp) => page.getByRole('button', { name: state });
const versionOnPage = () => page.locator('meta[name=version]').getAttribute('content');
const heading = (name: string) => dialog().getByRole('heading', { name });
const dialog = () => page.getByRole('dialog');

/** What a maintainer, or whoever answers in the place of the server, might try on the page. */
const HOSTILE = [
  '# Harmless words',
  '<img src="https://hostile.invalid/seen.png" onerror="window.hostile = 1"><script>window.hostile = 1</script>',
  '![seen](https://hostile.invalid/seen.png) [run](javascript:window.hostile=1) [go](https://hostile.invalid/)',
  '<a href="javascript:window.hostile=1">here</a>',
].join('\n\n');

/** Of no worth as a release, but it stands in the list between two others. */
const hostileRelease = () => ({
  version: '1.1.1',
  notes: HOSTILE,
  assets: ['manifest.json', 'pikit-1.1.1.tar.gz'].map((name) => ({
    name,
    content: Buffer.from('nothing'),
  })),
});

/** In both themes: no violation, and a picture to look at. */
async function looksRight(name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    const found = violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`,
    );
    expect({ name, colorScheme, found }).toEqual({ name, colorScheme, found: [] });
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 800 });
      await page.screenshot({ path: `${PICTURES}/${name}-${colorScheme}-${String(width)}.png` });
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  }
}

describe.skipIf(!hasChromium)(`the whole way${CHROMIUM_NOTE}`, () => {
  it('begins signed out, on the page of the release that runs', async () => {
    await page.goto(demo.url);
    await chip('Updates: Sign in').waitFor();
    expect(await versionOnPage()).toBe('1.0.0');
    await looksRight('1-signed-out');
  });

  it('signs in from the dialog', async () => {
    await chip('Updates: Sign in').click();
    await page.getByLabel('Password').fill(demo.password);
    await button('Sign in').click();
    await chip('Updates: Not checked yet').waitFor();
    await looksRight('2-not-checked');
  });

  it('finds the release and says what changes, without installing it', async () => {
    await button('Check now').click();
    await button('Download & Install').waitFor();
    await expect.poll(() => dialog().innerText()).toContain('New card: Backups');
    const signed = `Signed by its maintainer, checked with the key “demo” ${demo.maintainer.keyId}.`;
    expect(await dialog().innerText()).toContain(signed);
    await looksRight('3-available');
    expect(await versionOnPage()).toBe('1.0.0');
  });

  it('installs at a click, shows how far it is, and brings the new page by itself', async () => {
    const heal = demo.releaseServer.fault({ path: /tar\.gz$/, slowBytesPerSecond: 1500 });
    await button('Download & Install').click();
    await dialog().getByText('Downloading').first().waitFor();
    await chip(/Updates: Updating \d+ %/).waitFor();
    await button('Cancel update').waitFor();
    await looksRight('4-updating');
    heal();
    await expect.poll(versionOnPage, { timeout: 60_000 }).toBe('1.1.0');
    await heading('1.1.0 is installed').waitFor();
    await chip('Updates: Up to date').waitFor();
    await looksRight('5-installed');
  });

  it('finds a damaged file when it is asked to look, and repairs it at a click', async () => {
    await button('Check installed files').click();
    await dialog().getByText('All installed files are as they should be.').waitFor();
    const file = join(demo.stack.device.root, 'var/lib/pikit/current/pikit-api.py');
    const whole = await readFile(file, 'utf8');
    // Another file under the name: what it was linked to in another release stays whole.
    await rm(file);
    await writeFile(file, 'rotten');
    await button('Check installed files').click();
    await heading('1 installed file is damaged').waitFor();
    await chip('Updates: Files damaged').waitFor();
    await looksRight('5-damaged');
    await button('Repair').click();
    await heading('1.1.0 is repaired').waitFor({ timeout: 60_000 });
    await chip('Updates: Up to date').waitFor();
    expect(await readFile(file, 'utf8')).toBe(whole);
    await looksRight('5-repaired');
  });

  it('rolls back after asking once', async () => {
    await button('Roll back to 1.0.0').click();
    await looksRight('6-asks');
    await button('Roll back').click();
    await expect.poll(versionOnPage, { timeout: 60_000 }).toBe('1.0.0');
    await heading('Back on 1.0.0').waitFor();
    await button('Switch to 1.1.0').waitFor();
    await looksRight('7-rolled-back');
  });

  it('downloads now and installs later, and says what happened when a bad release undid itself', async () => {
    const asked: string[] = [];
    page.on('request', (request) => void asked.push(request.url()));
    demo.releaseServer.publish(hostileRelease());
    await demo.publishBadRelease();
    await button('Check now').click();
    await dialog().getByText('1.2.0', { exact: true }).first().waitFor();
    // The notes of both releases between, and nothing of what the hostile one wanted.
    await heading('Harmless words').waitFor();
    await dialog().getByText('New card: Backups').waitFor();
    await dialog().getByText('here</a>').waitFor();
    const links = dialog().locator('.notes a');
    expect(await links.evaluateAll((all) => all.map((link) => link.outerHTML))).toEqual([
      '<a href="https://hostile.invalid/" rel="noopener noreferrer nofollow" target="_blank">go</a>',
    ]);
    expect(await dialog().locator('.notes :is(img, script)').count()).toBe(0);
    expect(await page.evaluate('window.hostile')).toBeUndefined();
    expect(asked.filter((url) => url.includes('hostile'))).toEqual([]);
    await button('Download only').click();
    await heading('1.2.0 is downloaded').waitFor({ timeout: 60_000 });
    await dialog().getByText('Downloaded, ready to install').waitFor();
    await looksRight('8-downloaded');
    await button('Install').click();
    await chip('Updates: Failed').waitFor({ timeout: 60_000 });
    await heading('The update was undone').waitFor();
    expect(await versionOnPage()).toBe('1.0.0');
    await looksRight('8-undone');
  });

  it('shows the log', async () => {
    await button('View logs').click();
    await dialog().getByText('ended: rolled-back').waitFor();
    await looksRight('9-log');
  });

  it('shows the state on the page of its own, after signing in there', async () => {
    const context = await page.context().browser()?.newContext();
    const own = await context?.newPage();
    if (own === undefined) throw new Error('the browser is gone');
    await own.goto(`${demo.url}/updates/`);
    const content = own.locator('#page');
    await content.getByLabel('Password').fill(demo.password);
    await content.getByRole('button', { name: 'Sign in' }).click();
    await content.getByText('1.2.0 undone, 1.0.0 kept').waitFor();
    await own.getByRole('button', { name: /^Updates: (Failed|Update available)$/ }).waitFor();
    await context?.close();
  });

  it('says offline when the release server is away, and stays usable by keyboard', async () => {
    await demo.releaseServer.close();
    await button('Check now').click();
    await chip('Updates: Offline').waitFor({ timeout: 60_000 });
    await looksRight('10-offline');
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
    await expect.poll(() => page.locator('*:focus').last().innerText()).toContain('Offline');
  });

  it('never complained in the console', () => {
    // A command that the api refuses is an HTTP error, which Chromium writes into the console by itself.
    expect(errors.filter((text) => !text.includes('503'))).toEqual([]);
  });
});

/**
 * The owner's whole way in a real browser against the real stack: sign in, see what changes, install, watch, see the page
 * change, find and repair a damaged file, roll back, and a bad release that undoes itself. Every state is readable for everyone, light and dark.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Demo } from '../demo/start-demo.ts';
import { CHROMIUM_NOTE, hasChromium } from './support/chromium.ts';
import { openDemoScene, type DemoScene } from './support/demo-scene.ts';
import type { Person } from './support/person.ts';

let scene: DemoScene;
let demo: Demo;
let person: Person;
let page: Page;

beforeAll(async () => {
  if (!hasChromium) return;
  scene = await openDemoScene('whole-way');
  demo = scene.demo;
  person = await scene.someone();
  page = person.page;
});
afterAll(() => scene?.close());

const button = (name: string) => person.button(name);
const chip = (state: string | RegExp) => person.chip(state);
const heading = (name: string) => person.heading(name);
const dialog = () => person.dialog();
const looksRight = (name: string) => person.looksRight(name);
const versionOnPage = () => page.locator('meta[name=version]').getAttribute('content');

/** In another browser, signed in. */
async function openOwnPage(): Promise<Page> {
  const { page: own } = await scene.someone();
  await own.goto(`${demo.url}/updates/`);
  const content = own.locator('#page');
  await content.getByLabel('Password').fill(demo.password);
  await content.getByRole('button', { name: 'Sign in' }).click();
  return own;
}

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

describe.skipIf(!hasChromium)(`the whole way${CHROMIUM_NOTE}`, () => {
  it('begins signed out, on the page of the release that runs', async () => {
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

  it('is not told any more of a version that is skipped, until that is taken back', async () => {
    await button('Skip this version').click();
    await chip('Updates: Skipped 1.1.0').waitFor();
    await button('Stop skipping it').click();
    await chip('Updates: Update available').waitFor();
    // The same on the page, where it can be taken back when nothing is offered any more, too.
    await button('Skip this version').click();
    const own = await openOwnPage();
    await own.getByText('You are not told of 1.1.0 any more.').waitFor();
    await own.getByRole('button', { name: 'Do not skip 1.1.0' }).click();
    await own.getByText(/^None\. A version on offer can be skipped/).waitFor();
    await chip('Updates: Update available').waitFor();
    await own.context().close();
  });

  it('installs at a click, shows how far it is, and brings the new page by itself', async () => {
    // The page must not be replaced while it is looked at.
    const goOn = scene.holdDownloads();
    await button('Download & Install').click();
    await dialog().getByText('Downloading').first().waitFor();
    await chip(/Updates: Updating \d+%/).waitFor();
    await button('Cancel update').waitFor();
    await looksRight('4-updating');
    goOn();
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
    const own = await openOwnPage();
    await own.locator('#page').getByText('1.2.0 undone, 1.0.0 kept').waitFor();
    await own.getByRole('button', { name: /^Updates: (Failed|Update available)$/ }).waitFor();
    await own.context().close();
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
    expect(person.complaints().filter((text) => !text.includes('503'))).toEqual([]);
  });
});

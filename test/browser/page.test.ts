/**
 * The page in a real browser against the real stack: settings that a second tab and the command line see, a release from a
 * file, the history with its log, and who may come in. Also in German, and with the keyboard alone.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClosers } from '../demo/closers.ts';
import { buildRelease } from '../support/bundle-builder.ts';
import { createMinisignKey } from '../support/minisign-key.ts';
import { tarRelease } from '../support/release-file.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { startStack, type Stack } from '../support/start-stack.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { CHROMIUM_NOTE, collectErrors, hasChromium, launchChromium } from './support/chromium.ts';

const run = promisify(execFile);
const closers = createClosers();
const maintainer = createMinisignKey();
let stack: Stack;
let release: Buffer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let errors: readonly string[];
let password = 'the first password';

beforeAll(async () => {
  if (!hasChromium) return;
  const temp = await makeTempDir();
  await closers.add(() => temp.remove());
  const { dir } = await buildRelease(
    { version: '1.1.0', signer: maintainer, files: { 'pikit-web/index.html': 'new page' } },
    join(temp.path, 'releases'),
  );
  await tarRelease(dir, join(temp.path, 'pikit-1.1.0.tar'));
  release = await readFile(join(temp.path, 'pikit-1.1.0.tar'));
  stack = await startStack({
    root: join(temp.path, 'root'),
    // Nobody answers there: what is here comes from a file.
    source: { kind: 'static', url: 'http://127.0.0.1:9' },
    keys: { maintainer: maintainer.publicFile },
    installed: { version: '1.0.0', files: { 'pikit-web/index.html': 'old page' } },
    password,
  });
  await closers.add(() => stack.stop());
  browser = await launchChromium();
  await closers.add(() => browser.close());
  context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  errors = collectErrors(page);
});
afterAll(() => closers.closeAll());

const button = (name: string, on = page) => on.getByRole('button', { name, exact: true });
const card = (name: string, on = page) => on.getByRole('region', { name, exact: true });

async function signIn(on: Page): Promise<void> {
  const form = on.locator('#page');
  await form.getByRole('textbox').fill(password);
  await form.getByRole('button').click();
}

/** Somebody else's browser. */
async function newVisitor(locale = 'en-GB'): Promise<Page> {
  const other = await browser.newContext({ locale, viewport: { width: 360, height: 740 } });
  await closers.add(() => other.close());
  const visitor = await other.newPage();
  await visitor.goto(`${stack.apiUrl()}/updates/`);
  return visitor;
}

/** As the operator sees them. */
async function settingsOnDevice(): Promise<unknown> {
  const program = join(repositoryRoot(), 'packages/agent/dist/pikit-rpc.mjs');
  const args = [program, '--root', stack.device.root, '--json', 'update.status'];
  const { stdout } = await run(process.execPath, args);
  return (JSON.parse(stdout) as { settings: unknown }).settings;
}

/** Answers whether it may. */
const ANNOUNCE_RELOAD = `document.querySelector('pikit-updates').dispatchEvent(
  new CustomEvent('pikit-reload', { bubbles: true, cancelable: true }),
)`;

/** With a token in the place of a session. */
async function statusWith(token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${stack.apiUrl()}/api/update/status`, { headers })).status;
}

describe.skipIf(!hasChromium)(`the page${CHROMIUM_NOTE}`, () => {
  it('shows the form and nothing else to who is signed out', async () => {
    const asked: string[] = [];
    page.on('request', (request) => void asked.push(new URL(request.url()).pathname));
    await page.goto(`${stack.apiUrl()}/updates/`);
    await page.locator('#page').getByLabel('Password').waitFor();
    expect(await page.locator('#page h2').allInnerTexts()).toEqual(['Sign in']);
    // Both the element and the form: whether a password is set at all.
    const paths = new Set(asked.filter((path) => path.startsWith('/api/')));
    expect([...paths]).toEqual(['/api/session']);
    await signIn(page);
    await card('This device').getByText('1.0.0').waitFor();
    expect(await page.getByRole('link', { name: 'Settings and history' }).count()).toBe(0);
  });

  it('changes settings, which a second tab and the device have at once', async () => {
    const tab = await context.newPage();
    await tab.goto(`${stack.apiUrl()}/updates/`);
    await card('Settings', tab).getByLabel('Channel').waitFor();
    await page.getByLabel('Channel').selectOption('Beta');
    await page.getByLabel('Earlier releases to keep').selectOption('2');
    await page.getByLabel('Time of the check').fill('03:30');
    await expect.poll(() => card('Settings').getByText('Saved').count()).toBe(3);
    await card('This device').getByText('Beta').waitFor();
    const changed = { autoCheck: true, checkAt: '03:30', channel: 'beta', keep: 2 };
    expect(await settingsOnDevice()).toEqual(changed);
    await expect.poll(() => tab.getByLabel('Channel').inputValue()).toBe('beta');
    expect(await tab.getByLabel('Earlier releases to keep').inputValue()).toBe('2');
    expect(await tab.getByLabel('Time of the check').inputValue()).toBe('03:30');
    await tab.getByRole('switch').click();
    await page.getByLabel('Time of the check').waitFor({ state: 'detached' });
    expect(await page.getByRole('switch').isChecked()).toBe(false);
    await page.getByRole('switch').click();
    await tab.getByLabel('Time of the check').waitFor();
    await tab.close();
  });

  it('says why a file is refused, and nothing has changed', async () => {
    const field = card('Install from a file').locator('input[type=file]');
    const file = { name: 'holiday.tar', mimeType: 'application/x-tar' };
    await field.setInputFiles({ ...file, buffer: Buffer.from('no release at all') });
    await page.getByRole('heading', { name: 'holiday.tar was not taken' }).waitFor();
    await card('Install from a file').getByText('Nothing was changed.').waitFor();
  });

  it('takes a release from a file, and leads to where it is installed', async () => {
    const file = { name: 'pikit-1.1.0.tar', mimeType: 'application/x-tar', buffer: release };
    await card('Install from a file').locator('input[type=file]').setInputFiles(file);
    await page.getByRole('heading', { name: '1.1.0 lies ready on the device' }).waitFor();
    await button('Open to install').click();
    await page.getByRole('dialog').getByText('What changes in 1.1.0').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Install', exact: true }).click();
    await page.getByRole('dialog').getByText('1.1.0 is installed').first().waitFor({
      timeout: 60_000,
    });
    await page.keyboard.press('Escape');
    await card('This device').getByText('1.1.0').waitFor();
  });

  it('tells what was done, filters it, and shows and saves the log of one', async () => {
    const history = card('History');
    await history.getByText('Installed 1.1.0').waitFor();
    await history.getByText('Took 1.1.0 from a file').waitFor();
    await button('Roll-backs').click();
    await history.getByText('There is nothing of this kind.').waitFor();
    await button('Updates').click();
    await history.getByText('Installed 1.1.0').click();
    const log = history.getByRole('region', { name: 'Log' });
    await log.getByText('ended: committed').waitFor();
    await history.getByText('A dashboard or a program').waitFor();
    const saving = page.waitForEvent('download');
    await history.getByRole('button', { name: 'Save' }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toMatch(/\.(?:log|txt)$/);
    expect(await readFile(await saved.path(), 'utf8')).toContain('ended: committed');
  });

  it('shows who is signed in, and signs another one out', async () => {
    const visitor = await newVisitor();
    await signIn(visitor);
    await card('Access', visitor).getByText('This one').waitFor();
    await page.reload();
    const sessions = card('Signed-in devices');
    await expect.poll(() => sessions.getByRole('listitem').count()).toBe(2);
    expect(await sessions.getByText('This one').count()).toBe(1);
    await sessions.getByRole('button', { name: 'Sign out Chrome on Linux' }).click();
    await visitor.getByRole('heading', { name: 'Sign in' }).waitFor();
    await sessions.getByText('Nobody else is signed in.').waitFor();
  });

  it('makes a token, shows it once, and revokes it after a question', async () => {
    const tokens = card('Tokens for programs');
    await tokens.getByLabel('Name').fill('Home automation');
    await tokens.getByLabel('It may').selectOption('View and update');
    await tokens.getByRole('button', { name: 'Make a token' }).click();
    const token = await tokens.locator('code').innerText();
    expect(await statusWith(token)).toBe(200);
    await tokens.getByRole('button', { name: 'Copy' }).click();
    await tokens.getByRole('button', { name: 'Copied' }).waitFor();
    // As after an update in another window: the page would reload, and the token be gone.
    expect(await page.evaluate(ANNOUNCE_RELOAD)).toBe(false);
    const reloaded = page.waitForEvent('load');
    await tokens.getByRole('button', { name: 'I have kept it' }).click();
    await reloaded;
    await tokens.getByText('View and update · Made').waitFor();
    expect(await page.content()).not.toContain(token);
    await tokens.getByRole('button', { name: 'Revoke Home automation' }).click();
    await expect.poll(() => page.locator('*:focus').innerText()).toBe('Keep it');
    await tokens.getByRole('button', { name: 'Revoke', exact: true }).click();
    await tokens.getByText('There are none.').waitFor();
    expect(await statusWith(token)).toBe(401);
  });

  it('changes the password, stays signed in, and takes no wrong one', async () => {
    const form = card('Password');
    const fill = async (current: string, next: string, repeat: string): Promise<void> => {
      await form.getByLabel('Current password').fill(current);
      await form.getByLabel('New password', { exact: true }).fill(next);
      await form.getByLabel('New password once more').fill(repeat);
      await form.getByRole('button').click();
    };
    await fill(password, 'another password', 'an other password');
    await form.getByText('The two new passwords differ.').waitFor();
    await fill(password, 'short', 'short');
    await form.getByText('A password has 8 to 1024 characters.').waitFor();
    await fill('not the password', 'another password', 'another password');
    await form.getByText('That is not the current password.').waitFor();
    // Sent by its button: there the focus stays, also while the answer is under way.
    expect(await form.locator('button:focus').count()).toBe(1);
    await fill(password, 'another password', 'another password');
    await form.getByText('The password was changed.').waitFor();
    expect(await form.getByLabel('Current password').inputValue()).toBe('');
    await button('Updates').waitFor();
    password = 'another password';
  });

  it('speaks German to who reads German, and keeps to a phone’s width', async () => {
    const visitor = await newVisitor('de-DE');
    await visitor.locator('#page').getByLabel('Passwort').waitFor();
    await signIn(visitor);
    await visitor.getByRole('heading', { name: 'Einstellungen' }).waitFor();
    await visitor.getByText('1.1.0 aus einer Datei übernommen').waitFor();
    expect(await visitor.locator('html').getAttribute('lang')).toBe('de-DE');
    const overhang = 'document.documentElement.scrollWidth - innerWidth';
    expect(await visitor.evaluate(overhang)).toBe(0);
    await button('Alle anderen abmelden', visitor).waitFor();
  });

  it('is used with the keyboard alone', async () => {
    await page.reload();
    await card('History').getByText('Installed 1.1.0').waitFor();
    await card('Tokens for programs').getByText('There are none.').waitFor();
    const all = 'button, select, input, summary';
    const inSight = `[...document.querySelectorAll('#page :is(${all})')].filter((each) => !each.hidden)`;
    const wanted = await page.evaluate(`${inSight}.length`);
    const seen = new Set<unknown>();
    // A field for the time has several stops.
    for (let stops = 0; stops < 80 && seen.size < Number(wanted); stops += 1) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(`${inSight}.indexOf(document.activeElement)`);
      if (at !== -1) seen.add(at);
    }
    expect(seen.size).toBe(wanted);
    await page.getByRole('switch').focus();
    await page.keyboard.press('Space');
    await expect.poll(settingsOnDevice).toMatchObject({ autoCheck: false });
    await page.keyboard.press('Space');
    await expect.poll(settingsOnDevice).toMatchObject({ autoCheck: true });
  });

  it('never complained in the console', () => {
    // What the api refused on purpose is an HTTP error, which Chromium writes into the console by itself.
    const unexpected = errors.filter((text) => !/status of (?:400|401|4\d\d|502)/.test(text));
    expect(unexpected).toEqual([]);
  });
});

/**
 * A dashboard that somebody else has made (AdminLTE, with resets of its own on top): its style does not reach into chip and
 * dialog, ours does not reach out, and both can be used as on a page of ours.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/repository-root.ts';
import { CHROMIUM_NOTE, hasChromium, styleOf } from './support/chromium.ts';
import type { Person } from './support/person.ts';
import { openStackScene, type StackScene } from './support/stack-scene.ts';

const FIXTURE = join(repositoryRoot(), 'test/fixtures/dashboard');
const require = createRequire(import.meta.url);
const TAGS = /<(pikit-updates).*<\/\1>|<script.*pikit-updates\.js.*<\/script>/g;

/** Nothing of it depends on how wide a word is. */
const PROPERTIES = [
  'color background-color fill stroke opacity visibility cursor',
  'border-top-width border-top-style border-top-color border-radius',
  'display position box-sizing padding min-height gap',
  'font-size font-weight font-style line-height letter-spacing word-spacing',
  'text-transform text-indent text-shadow text-align white-space user-select',
  'pointer-events list-style overflow',
].flatMap((names) => names.split(' '));

let scene: StackScene;
let person: Person;
let plain: Person;
/** Of a policy so strict, by the dashboard itself. */
let theirComplaints: readonly string[] = [];

beforeAll(async () => {
  if (!hasChromium) return;
  scene = await openStackScene('dashboard');
  scene.releases.publish(await scene.release('1.1.0', 'new'));
  const page = await readFile(join(FIXTURE, 'index.html'), 'utf8');
  const files = {
    'index.html': page,
    'without.html': page.replaceAll(TAGS, ''),
    'plain.html': `<!doctype html><html lang="en"><title>Plain</title>${[...(page.match(TAGS) ?? [])].slice(0, 2).join('')}`,
    'own.css': await readFile(join(FIXTURE, 'own.css'), 'utf8'),
    'vendor/adminlte.min.css': await readFile(
      require.resolve('admin-lte/dist/css/adminlte.min.css'),
      'utf8',
    ),
    'vendor/adminlte.min.js': await readFile(
      require.resolve('admin-lte/dist/js/adminlte.min.js'),
      'utf8',
    ),
    'favicon.ico': '',
  };
  const url = await scene.site(files);
  person = await scene.someone(url);
  plain = await scene.someone(`${url}/plain.html`);
  await person.page.locator('pikit-updates').first().getByRole('button').click();
  await person.dialog().getByLabel('Password').fill(scene.stack.password);
  await person.dialog().getByRole('button', { name: 'Sign in' }).click();
  await person.button('Check now').click();
  await person.button('Download & Install').waitFor();
  await plain.signIn(scene.stack.password);
  await plain.button('Download & Install').waitFor();
});
afterAll(() => scene?.close());

/** Of each element in the shadow, or of each in the page. */
const looksOf = (page: Page, among: string): Promise<readonly string[]> =>
  page.evaluate(`[...${among}.querySelectorAll('*')].map((element) => {
    const style = getComputedStyle(element);
    const values = ${JSON.stringify(PROPERTIES)}.map((name) => name + ': ' + style.getPropertyValue(name));
    return [element.tagName, element.className.baseVal ?? element.className, ...values].join('; ');
  })`);

const SHADOW = `document.querySelector('pikit-updates').shadowRoot`;

describe.skipIf(!hasChromium)(`a dashboard of somebody else${CHROMIUM_NOTE}`, () => {
  it('does not reach into chip and dialog', async () => {
    const [theirs, own] = await Promise.all([
      looksOf(person.page, SHADOW),
      looksOf(plain.page, SHADOW),
    ]);
    expect(own.length).toBeGreaterThan(50);
    expect(theirs.filter((look) => !own.includes(look))).toEqual([]);
    expect(theirs.length).toBe(own.length);
    await person.photograph('1-available');
  });

  it('is not reached by ours', async () => {
    const other = await scene.someone(new URL('/without.html', person.page.url()).href);
    for (const { page } of [person, other]) await page.locator('body.app-loaded').waitFor();
    const ours = (await looksOf(person.page, 'document')).filter(
      (look) => !look.startsWith('PIKIT-UPDATES') && !look.startsWith('SCRIPT'),
    );
    const theirs = (await looksOf(other.page, 'document')).filter(
      (look) => !look.startsWith('SCRIPT'),
    );
    expect(theirs.length).toBeGreaterThan(30);
    expect(ours.filter((look) => !theirs.includes(look))).toEqual([]);
    expect(ours.length).toBe(theirs.length);
    const outside = `[Object.keys(window).length, document.styleSheets.length, document.adoptedStyleSheets.length]`;
    expect(await person.page.evaluate(outside)).toEqual(await other.page.evaluate(outside));
    theirComplaints = other.complaints();
    await other.page.context().close();
  });

  it('lets the dialog lie above everything, close, and give the focus back', async () => {
    await person.heading('What changes in 1.1.0').waitFor();
    await person.page.keyboard.press('Escape');
    await person.dialog().waitFor({ state: 'hidden' });
    await expect.poll(() => person.focused()).toContain('Update available');
    await person.photograph('2-closed');
  });

  it('has a second one in its dark sidebar, which shows the same', async () => {
    const second = person.page.locator('#second').getByRole('button');
    await person.page.setViewportSize({ width: 1280, height: 800 });
    expect(await second.innerText()).toContain('Update available');
    await second.click();
    await person.button('Download & Install').waitFor();
    expect(await styleOf(person.dialog(), 'background-color')).toBe('rgb(27, 31, 38)');
    await person.photograph('3-second');
  });

  it('installs from there, and both show it', async () => {
    await person.button('Download & Install').click();
    await person.heading('1.1.0 is installed').waitFor();
    const both = person.page.locator('pikit-updates');
    const done = both.getByRole('button', { name: /Up to date/, includeHidden: true });
    await expect.poll(() => done.count()).toBe(2);
    expect(person.complaints()).toEqual(theirComplaints);
    expect(plain.complaints()).toEqual([]);
  });
});

/**
 * The page of docs/embed.md, as it stands there, under the strictest policy and against the real stack: it works, it can be
 * changed while it lives, and it does nothing by itself.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf } from '../support/page-blocks.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { CHROMIUM_NOTE, hasChromium, styleOf } from './support/chromium.ts';
import type { Person } from './support/person.ts';
import { openStackScene, type StackScene } from './support/stack-scene.ts';

const document = await readFile(join(repositoryRoot(), 'docs/embed.md'), 'utf8');

/** Of this language all that the page has. */
const blockOf = (language: string): string =>
  blocksOf(document)
    .filter((block) => block.language === language)
    .map(({ text }) => text)
    .join('\n');

const filesWith = (page: string): Readonly<Record<string, string>> => ({
  'index.html': page,
  'dashboard.css': blockOf('css'),
  'dashboard.js': blockOf('js'),
  'favicon.ico': '',
});

let scene: StackScene;
let person: Person;

beforeAll(async () => {
  if (!hasChromium) return;
  scene = await openStackScene('embed');
  scene.releases.publish(await scene.release('1.1.0', 'new'));
  person = await scene.someone(await scene.site(filesWith(blockOf('html'))));
});
afterAll(() => scene?.close());

/** A script of the page's own, for which `element` is the first one. */
const change = (script: string) =>
  person.page.evaluate(`{ const element = document.querySelector('pikit-updates'); ${script} }`);
const surface = () => styleOf(person.dialog(), 'background-color');

describe.skipIf(!hasChromium)(`the page of docs/embed.md${CHROMIUM_NOTE}`, () => {
  it('does nothing but read when it is opened', async () => {
    const asked: string[] = [];
    person.page.on('request', (request) => void asked.push(request.method()));
    await person.page.reload();
    await person.chip('Updates: Sign in').waitFor();
    expect(new Set(asked)).toEqual(new Set(['GET']));
  });

  it('signs in, finds a release, and the page learns of it', async () => {
    await person.signIn(scene.stack.password);
    await person.button('Check now').click();
    await person.chip('Updates: Update available').waitFor();
    await expect.poll(() => person.page.title()).toBe('(1) My device');
  });

  it('takes the colours and parts that the page has set', async () => {
    const chip = person.page.locator('pikit-updates').getByRole('button', { name: 'Updates:' });
    expect(await styleOf(chip, 'background-color')).toBe('rgb(122, 46, 142)');
    expect(await styleOf(chip, 'border-top-left-radius')).toBe('4px');
    expect(await styleOf(person.dialog(), 'border-top-width')).toBe('2px');
    await person.looksRight('1-plain');
    await person.page.emulateMedia({ colorScheme: 'light' });
  });

  it('follows its attributes while it lives', async () => {
    const light = await surface();
    await change(`element.setAttribute('theme', 'dark')`);
    expect(await surface()).not.toBe(light);
    await change(`element.removeAttribute('theme')`);
    expect(await surface()).toBe(light);
    await person.page.keyboard.press('Escape');
    await person.dialog().waitFor({ state: 'detached' });
    await change(`element.setAttribute('lang', 'de')`);
    await person.chip('Updates: Update verfügbar').waitFor();
    await change(`element.removeAttribute('lang')`);
    await person.chip('Updates: Update available').waitFor();
  });

  it('looks for its api elsewhere when it is told so, and comes back', async () => {
    await change(`element.setAttribute('base', '/elsewhere')`);
    await person.chip('Updates: Reconnecting…').waitFor();
    await change(`element.removeAttribute('base')`);
    await person.chip('Updates: Update available').waitFor();
  });

  it('goes and comes back with its page’s own changes', async () => {
    await change(`window.gone = element; element.remove()`);
    await person.chip(/^Updates:/).waitFor({ state: 'detached' });
    await person.page.evaluate(`document.querySelector('header').prepend(window.gone)`);
    await person.chip('Updates: Update available').waitFor();
    // Moved is gone and back in one.
    await change(`document.querySelector('header').append(element)`);
    await person.chip('Updates: Update available').waitFor();
  });

  it('answers refresh() to whoever calls it, however often', async () => {
    await change(`window.done = Promise.all(Array.from({ length: 20 }, () => element.refresh()))`);
    expect(await person.page.evaluate('window.done.then(({ length }) => length)')).toBe(20);
    await person.chip('Updates: Update available').waitFor();
  });

  it('is fine with its script twice, after the tag, and with two tags', async () => {
    const tag = /<pikit-updates.*<\/pikit-updates>/;
    const script = /<script.*pikit-updates\.js.*<\/script>/;
    const [own = ''] = script.exec(blockOf('html')) ?? [];
    const late = blockOf('html')
      .replace(script, '')
      .replace(tag, (one) => one + one)
      .replace('</body>', `${own}${own.replace('.js', '.js?again')}</body>`);
    const other = await scene.someone(await scene.site(filesWith(late)));
    await other.chip('Updates: Sign in').nth(1).waitFor();
    expect(await other.chip('Updates: Sign in').count()).toBe(2);
    await other.chip('Updates: Sign in').nth(1).click();
    await other.dialog().getByLabel('Password').fill(scene.stack.password);
    await other.dialog().getByRole('button', { name: 'Sign in' }).click();
    await other.button('Check now').waitFor();
    expect(await other.dialog().count()).toBe(1);
    // Whoever signs in at one of them is signed in at both.
    const both = { name: 'Updates: Update available', includeHidden: true };
    await expect.poll(() => other.page.getByRole('button', both).count()).toBe(2);
    expect(other.complaints()).toEqual([]);
    await other.page.context().close();
  });

  it('works below a path of its own', async () => {
    const page = blockOf('html').replaceAll('/updates/', '/box/updates/');
    const below = await scene.site(filesWith(page.replace('"/api"', '"/box/api"')), '/box');
    const other = await scene.someone(below);
    await other.signIn(scene.stack.password);
    await other.button('Check now').click();
    await other.chip('Updates: Update available').waitFor();
    expect(other.complaints()).toEqual([]);
    await other.page.context().close();
  });

  it('never complained but of the api that was not there', () => {
    expect(person.complaintsOfThePage()).toEqual([]);
    expect(person.complaints().every((text) => text.includes('404'))).toBe(true);
  });
});

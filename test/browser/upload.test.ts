/**
 * A release from a file in the browser, on a device that no source reaches: what is no release, what is too large, and one that
 * is installed. Whatever is wrong is said in words, and the page goes on as before.
 */
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tarRelease } from '../support/release-file.ts';
import { CHROMIUM_NOTE, hasChromium } from './support/chromium.ts';
import type { Person } from './support/person.ts';
import { openStackScene, type StackScene } from './support/stack-scene.ts';

/** Port 9 of this machine discards, and nobody listens there. */
const NOWHERE = { kind: 'static', url: 'http://127.0.0.1:9' } as const;
const LIMIT_BYTES = 2_000_000;
/** More than every buffer between browser and api: the refusal comes while the browser still sends. */
const TOO_LARGE_BYTES = 300_000_000;

let scene: StackScene;
let person: Person;

beforeAll(async () => {
  if (!hasChromium) return;
  scene = await openStackScene('upload', { source: NOWHERE, importMaxBytes: LIMIT_BYTES });
  person = await scene.someone(`${scene.stack.apiUrl()}/updates/`);
  await person.signIn(scene.stack.password);
  await person.page.keyboard.press('Escape');
});
afterAll(() => scene?.close());

const field = () => person.page.locator('input[type=file]');
const at = (name: string): string => join(scene.place, name);
const says = (words: RegExp) => person.page.getByText(words).first().waitFor();

describe.skipIf(!hasChromium)(`a release from a file${CHROMIUM_NOTE}`, () => {
  it('says that a file is no release, and lets another one be chosen', async () => {
    await writeFile(at('photo.tar'), 'not even a tar');
    await field().setInputFiles(at('photo.tar'));
    await says(/The file is damaged, or is no release/);
    await person.photograph('1-no-release');
    expect(await field().isEnabled()).toBe(true);
  });

  it('says that a file is too large, although the api has not read it', async () => {
    const file = await open(at('large.tar'), 'w');
    await file.truncate(TOO_LARGE_BYTES);
    await file.close();
    await field().setInputFiles(at('large.tar'));
    await says(/The release is larger than this device allows/);
    await person.photograph('2-too-large');
  });

  it('takes a release, shows it, and installs it', async () => {
    const { dir } = await scene.release('1.1.0', 'page 1.1.0');
    await tarRelease(dir, at('release.tar'));
    await field().setInputFiles(at('release.tar'));
    await person.chip(/^Updates: (?!Downloading)/).click();
    await person.heading('1.1.0 is downloaded').waitFor();
    await person.button('Install').click();
    await person.heading('1.1.0 is installed').waitFor();
    // The card has done its part, and takes another file.
    await person.page.locator('.drop').waitFor();
    expect(await person.page.getByText('The device checks').count()).toBe(0);
    await person.chip('Updates: Not checked yet').waitFor();
    expect(person.complaintsOfThePage()).toEqual([]);
  });
});

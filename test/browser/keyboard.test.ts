/**
 * Everything with the keyboard alone: open, read, install, close, open again, roll back. The focus is seen wherever it is, is
 * never lost, and never lands on what starts something.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM_NOTE, hasChromium } from './support/chromium.ts';
import { openDemoScene, type DemoScene } from './support/demo-scene.ts';
import type { Person } from './support/person.ts';

let scene: DemoScene;
let person: Person;

beforeAll(async () => {
  if (!hasChromium) return;
  scene = await openDemoScene('keyboard');
  person = await scene.someone();
});
afterAll(() => scene?.close());

const press = (key: string) => person.page.keyboard.press(key);
const MOST_STOPS = 30;

/** In the innermost shadow: what has the focus, and whether its outline can be seen. */
const LOOK = `(() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  if (at === null || at === document.body) return { name: '', isSeen: false };
  const { outlineStyle, outlineWidth } = getComputedStyle(at);
  const { width, height } = at.getBoundingClientRect();
  const isSeen = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && width > 0 && height > 0;
  return { name: at.getAttribute('aria-label') || at.innerText || at.id, isSeen };
})()`;

interface Focus {
  readonly name: string;
  readonly isSeen: boolean;
}

const focus = () => person.page.evaluate<Focus>(LOOK);

/** Presses Tab until the focus is there; each stop on the way must be seen. Bounded, because the focus goes round. */
async function goTo(name: string): Promise<void> {
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    const at = await focus();
    if (at.name.includes(name)) {
      expect(at).toEqual({ name: at.name, isSeen: true });
      return;
    }
    await press('Tab');
    const next = await focus();
    if (next.name !== '') expect(next).toEqual({ name: next.name, isSeen: true });
  }
  throw new Error(`${name} cannot be reached with Tab`);
}

const isAt = (name: string) => expect.poll(async () => (await focus()).name).toContain(name);

describe.skipIf(!hasChromium)(`the keyboard alone${CHROMIUM_NOTE}`, () => {
  it('opens the details and signs in', async () => {
    await person.chip('Updates: Sign in').waitFor();
    await goTo('Sign in');
    await press('Enter');
    await person.dialog().waitFor();
    await isAt('password');
    await person.page.keyboard.type(scene.demo.password);
    await press('Enter');
    await person.button('Check now').waitFor();
    await isAt('Updates');
  });

  it('finds a release, and leaves the focus where it was', async () => {
    await goTo('Check now');
    await press('Space');
    await person.button('Download & Install').waitFor();
    await isAt('Check now');
  });

  it('reads what changes, however long it is, before the button that installs it', async () => {
    await person.page.setViewportSize({ width: 360, height: 420 });
    await goTo('Full changelog');
    await person.photograph('1-reading');
    await goTo('Download & Install');
    await person.page.setViewportSize({ width: 1280, height: 800 });
  });

  it('installs, is not thrown out of the dialog, and closes it in the middle', async () => {
    const goOn = scene.holdDownloads();
    await press('Enter');
    await person.button('Cancel update').waitFor();
    // Its button has gone: nobody must be thrown out of the dialog, nor onto the button that has come in its place.
    await isAt('Updates');
    await goTo('View logs');
    await press('Enter');
    await person.reads(/files here already/);
    await isAt('Hide logs');
    await press('Escape');
    await person.dialog().waitFor({ state: 'hidden' });
    await isAt('Updating');
    await press('Enter');
    await person.dialog().waitFor();
    await isAt('Close');
    goOn();
    await person.heading('1.1.0 is installed').waitFor();
    await person.chip('Updates: Up to date').waitFor();
    await isAt('Updates');
  });

  it('asks before it rolls back, with the focus on the way out, and goes back to where it was', async () => {
    await goTo('Roll back to 1.0.0');
    await press('Enter');
    await isAt('Keep 1.1.0');
    await press('Enter');
    await isAt('Roll back to 1.0.0');
    await press('Enter');
    await isAt('Keep 1.1.0');
    await goTo('Roll back');
    await press('Enter');
    await person.heading('Back on 1.0.0').waitFor();
    await isAt('Updates');
    await press('Escape');
    await person.dialog().waitFor({ state: 'hidden' });
    expect((await focus()).name).toContain('Updates');
    expect(person.complaints()).toEqual([]);
  });
});

/**
 * Two tabs of one browser and a phone look at the same device: each sees the transaction that another has begun, the lines
 * from before it looked, and the outcome; and a reload in the middle loses nothing.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM_NOTE, hasChromium } from './support/chromium.ts';
import { openDemoScene, type DemoScene } from './support/demo-scene.ts';
import { personAt, type Person } from './support/person.ts';

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const WORKING = /^Updates: Updating \d+\s?%$/;

let scene: DemoScene;
let first: Person;
let second: Person;
let phone: Person;
let goOn: () => void;

beforeAll(async () => {
  if (!hasChromium) return;
  scene = await openDemoScene('several-views');
  goOn = scene.holdDownloads();
  first = await scene.someoneSignedIn();
  // The session is the browser's: a second tab need not sign in.
  second = personAt(await first.page.context().newPage(), 'several-views');
  await second.page.goto(scene.demo.url);
  phone = await scene.someoneSignedIn(PHONE);
});
afterAll(() => scene?.close());

const everybody = (): readonly Person[] => [first, second, phone];

const linesOf = ({ dialog }: Person): Promise<readonly string[]> =>
  dialog().getByRole('region', { name: 'Log' }).getByRole('paragraph').allInnerTexts();

describe.skipIf(!hasChromium)(`several views of one device${CHROMIUM_NOTE}`, () => {
  it('all show what one of them has found, and what it has begun', async () => {
    await first.button('Check now').click();
    await second.chip('Updates: Update available').waitFor();
    await first.button('Download & Install').click();
    for (const one of everybody()) await one.chip(WORKING).waitFor();
    await second.chip(WORKING).click();
    for (const one of everybody()) await one.reads('Updating to 1.1.0');
    for (const one of everybody()) await one.button('Cancel update').waitFor();
  });

  it('show the lines from before they looked', async () => {
    for (const one of everybody()) {
      await one.button('View logs').click();
      await one.reads(/files here already/);
    }
    const [lines, ...others] = await Promise.all(everybody().map(linesOf));
    expect(lines?.length).toBeGreaterThan(1);
    for (const other of others) expect(other).toEqual(lines);
    await phone.photograph('phone-log');
  });

  it('lose nothing by a reload in the middle', async () => {
    const before = await linesOf(first);
    await first.page.reload();
    await first.chip(WORKING).click();
    await first.reads('Updating to 1.1.0');
    await first.button('View logs').click();
    await first.reads(/files here already/);
    expect(await linesOf(first)).toEqual(before);
  });

  it('all get the new page and the outcome, and none complains', async () => {
    await second.page.keyboard.press('Escape');
    goOn();
    for (const one of everybody()) {
      const version = one.page.locator('meta[name=version]');
      await expect.poll(() => version.getAttribute('content')).toBe('1.1.0');
      await one.chip('Updates: Up to date').waitFor();
    }
    // Where the details were open they are again, and where they were closed they stay so.
    for (const one of [first, phone]) await one.heading('1.1.0 is installed').waitFor();
    expect(await second.dialog().isVisible()).toBe(false);
    for (const one of everybody()) expect(one.complaints()).toEqual([]);
  });
});

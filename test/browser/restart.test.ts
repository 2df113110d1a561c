/**
 * One update, and everything that may go away under it: the network, the session, the api, the agent. The page says what it
 * waits for and for how long, shows no error, comes back by itself, and the update is carried to its end.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiClient } from '../support/api-client.ts';
import { CHROMIUM_NOTE, hasChromium } from './support/chromium.ts';
import { openDemoScene, type DemoScene } from './support/demo-scene.ts';
import type { Person } from './support/person.ts';

let scene: DemoScene;
let person: Person;
let goOn: () => void;

beforeAll(async () => {
  if (!hasChromium) return;
  scene = await openDemoScene('restart');
  goOn = scene.holdDownloads();
  person = await scene.someoneSignedIn();
});
afterAll(() => scene?.close());

const isWorking = async (): Promise<void> => {
  await person.chip(/^Updates: Updating \d+\s?%$/).waitFor();
  await person.reads('Updating to 1.1.0');
  await person.reads('You can close this window; the work goes on.');
};

/** Whatever went wrong has a heading that says so. */
const expectNoError = async (): Promise<void> => {
  expect(await person.heading(/not answer|mistake|failed/).count()).toBe(0);
};

describe.skipIf(!hasChromium)(`an update while things go away${CHROMIUM_NOTE}`, () => {
  it('begins', async () => {
    await person.button('Check now').click();
    await person.button('Download & Install').click();
    await isWorking();
  });

  it('says for how long there has been no network, and recovers by itself', async () => {
    const devtools = await person.page.context().newCDPSession(person.page);
    await devtools.send('Network.enable');
    const conditions = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
    await devtools.send('Network.emulateNetworkConditions', { ...conditions, offline: true });
    await person.chip('Updates: Reconnecting…').waitFor();
    await person.reads(/^No connection for \d+ sec/);
    await person.reads('Updating to 1.1.0');
    await expectNoError();
    await person.photograph('1-no-network');
    await devtools.send('Network.emulateNetworkConditions', { ...conditions, offline: false });
    await isWorking();
  });

  it('goes on while the api is killed, and is seen again when it is back', async () => {
    await scene.demo.stack.killApi();
    await person.chip('Updates: Reconnecting…').waitFor();
    await person.reads(/^No connection for \d+ sec/);
    await expectNoError();
    await scene.demo.stack.startApi();
    await isWorking();
  });

  it('asks for the password in its place when the session has ended, and shows the same update', async () => {
    await person.button('View logs').click();
    await person.reads(/files here already/);
    const other = createApiClient(scene.demo.stack.apiUrl());
    await other.signIn(scene.demo.password);
    const { transaction } = await other.status();
    await other.delete('/api/session/others');
    await person.page.getByLabel('Password').waitFor();
    await person.chip('Updates: Sign in').waitFor();
    await person.reads(/The work on the device goes on; sign in to see it\./);
    await person.photograph('2-session-ended');
    expect((await other.status()).transaction?.id).toBe(transaction?.id);
    await person.page.getByLabel('Password').fill(scene.demo.password);
    await person.button('Sign in').click();
    await isWorking();
    expect((await other.status()).transaction?.id).toBe(transaction?.id);
  });

  it('is gone on with when the agent was killed', async () => {
    await scene.demo.stack.killAgent();
    await person.reads(/^The updater has not answered for \d+ sec/);
    await person.reads('Waiting for the updater on this device.');
    await person.photograph('3-agent-away');
    await expectNoError();
    await scene.demo.stack.startAgent();
    await isWorking();
    await expectNoError();
  });

  it('brings the new page at its end, and says so', async () => {
    goOn();
    const version = person.page.locator('meta[name=version]');
    await expect.poll(() => version.getAttribute('content')).toBe('1.1.0');
    await person.heading('1.1.0 is installed').waitFor();
    await person.chip('Updates: Up to date').waitFor();
    expect(person.complaintsOfThePage()).toEqual([]);
  });
});

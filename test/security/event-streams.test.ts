/** A thousand readers of the event stream, of the real api: all of them are told how the update ended, and one more is refused. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openListeners } from '../bench/api/listeners.ts';
import { aPage, openScene, type Scene } from '../integration/scene.ts';
import { waitFor } from '../support/wait-for.ts';

const READERS = 1000;
/** What the api takes at once (`packages/api/src/open-streams.ts`). */
const PLACES = 1024;

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());

it(`tells ${READERS} readers of the end, and refuses those beyond ${PLACES}`, async () => {
  const url = `${scene.stack.apiUrl()}/api/update/events`;
  const headers = { cookie: scene.client.cookie() };
  const readers = openListeners({ url, headers, clients: READERS });
  await waitFor('all of them', () => readers.connected() === READERS);
  const others = openListeners({ url, headers, clients: PLACES - READERS });
  await waitFor('the last places', () => others.connected() === PLACES - READERS);

  const refused = await fetch(url, { headers });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
  expect(await refused.json()).toMatchObject({ code: 'rate-limited' });

  const { manifestSha256 } = await scene.publish(aPage('1.1.0'));
  const { id, outcome } = await scene.client.carryOut('/api/update/apply', {
    version: '1.1.0',
    manifestSha256,
  });
  expect(outcome).toBe('committed');
  await waitFor('all to hear of it', () => readers.sawEnd(id) === READERS);
  expect(readers.connected()).toBe(READERS);

  others.close();
  await waitFor('a place', async () => {
    const { status, body } = await fetch(url, { headers });
    await body?.cancel();
    return status === 200;
  });
  readers.close();
});

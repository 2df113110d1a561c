/** A few cases of each category of the corpus again, against the program as it is shipped: over a directory, over HTTP. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { SIGNATURES } from '../fixtures/hostile/signatures.ts';
import { startReleaseServer, type ReleaseServer } from '../support/release-server.ts';
import { createBundledDevice } from './attacked-device.ts';
import { everyNth, nthOf, onDevices } from './attacks.ts';

describe('the bundled agent over a directory refuses', () => {
  const attacked = onDevices(() => createBundledDevice());
  it.concurrent.each(everyNth(30))('$name: $code', attacked);
});

describe('the bundled agent with a key over a directory refuses', () => {
  const attacked = onDevices(() => createBundledDevice({ isSigned: true }));
  it.concurrent.each(nthOf(10, SIGNATURES))('$name: $code', attacked);
});

describe('the bundled agent over HTTP refuses', () => {
  let server: ReleaseServer;
  beforeAll(async () => {
    server = await startReleaseServer();
  });
  afterAll(() => server.close());
  const attacked = onDevices(() => createBundledDevice({ server }));
  // One after the other: they publish the same version on one server.
  it.each(everyNth(60))('$name: $code', attacked);
});

/**
 * Each case of the corpus is published and installed with the real agent. It must end with exactly the code that is due,
 * and nothing outside staging, downloads and the agent's own records may be different afterwards: not the release that
 * runs, not the canaries around it. What must be accepted is in the unit tests of `unpackBundle`.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CORPUS, type Category } from '../fixtures/hostile/corpus.ts';
import type { HostileCase, Need } from '../fixtures/hostile/release.ts';
import { startReleaseServer, type ReleaseServer } from '../support/release-server.ts';
import { createBundledDevice, createDirectDevice, type AttackedDevice } from './attacked-device.ts';
import { countAttacks } from './tally.ts';

/** What the agent does not have yet. Their cases are left out until it does. */
const NOT_YET: readonly Need[] = ['policy', 'signatures'];

const isDue = ({ needs }: HostileCase): boolean => needs === undefined || !NOT_YET.includes(needs);

/** Each nth case of each category that needs no key, so that every kind of refusal is among them. */
const everyNth = (n: number): readonly HostileCase[] =>
  Object.entries(CORPUS)
    .filter(([category]) => category !== 'signatures')
    .flatMap(([, cases]) => cases.filter(isDue).filter((_case, index) => index % n === 0));

let attacks = 0;
let right = 0;
let canaryTouched = 0;
afterAll(() => {
  countAttacks({ kind: 'corpus', attacks, wrong: attacks - right, canaryTouched });
});

/** A device that was changed by an attack is not attacked again: every later case would look guilty too. */
function onDevice(create: () => Promise<AttackedDevice>) {
  let device: AttackedDevice | undefined;
  beforeAll(async () => {
    device = await create();
  });
  afterAll(() => device?.close());
  return async (attack: HostileCase): Promise<void> => {
    attacks += 1;
    device ??= await create();
    const { code, touched } = await device.attack(attack);
    if (touched.length > 0) {
      canaryTouched += 1;
      await device.close();
      device = undefined;
    }
    // A few of them tell enough.
    expect({ code, touched: touched.slice(0, 5) }).toEqual({ code: attack.code, touched: [] });
    right += 1;
  };
}

const categories = Object.keys(CORPUS) as Category[];

describe('the corpus', () => {
  it('has at least sixty cases, and each of a name of its own in its category', () => {
    const all = categories.flatMap((category) =>
      CORPUS[category].map(({ name }) => `${category}: ${name}`),
    );
    expect(all.length).toBeGreaterThanOrEqual(60);
    expect(new Set(all).size).toBe(all.length);
  });
});

const dueNow = categories.filter((category) => CORPUS[category].some(isDue));

describe.each(dueNow)('the agent over a directory refuses, of %s', (category) => {
  const attacked = onDevice(() => createDirectDevice({ isSigned: category === 'signatures' }));
  it.each(CORPUS[category].filter(isDue))('$name: $code', attacked);
});

describe('the bundled agent over a directory refuses', () => {
  const attacked = onDevice(() => createBundledDevice());
  it.each(everyNth(24))('$name: $code', attacked);
});

describe('the bundled agent over HTTP refuses', () => {
  let server: ReleaseServer;
  beforeAll(async () => {
    server = await startReleaseServer();
  });
  afterAll(() => server.close());
  const attacked = onDevice(() => createBundledDevice(server));
  it.each(everyNth(40))('$name: $code', attacked);
});

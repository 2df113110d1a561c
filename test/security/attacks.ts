/** What the tests of the corpus share: which cases are tried, on which device, and how each is judged and counted. */
import { afterAll, expect } from 'vitest';
import { CORPUS } from '../fixtures/hostile/corpus.ts';
import type { HostileCase } from '../fixtures/hostile/release.ts';
import type { AttackedDevice } from './attacked-device.ts';
import { countAttacks } from './tally.ts';

/** Each nth case of each category that needs no key, so that every kind of refusal is among them. */
export const everyNth = (n: number): readonly HostileCase[] =>
  Object.entries(CORPUS).flatMap(([category, cases]) =>
    category === 'signatures' ? [] : nthOf(n, cases),
  );

export const nthOf = (n: number, cases: readonly HostileCase[]): readonly HostileCase[] =>
  cases.filter((_case, index) => index % n === 0);

/**
 * For a group of concurrent tests: as many devices as attacks run at once, because an attack mostly waits for the disk.
 * One that was changed is not attacked again: every later case would look guilty too.
 */
export function onDevices(create: () => Promise<AttackedDevice>) {
  const free: AttackedDevice[] = [];
  let attacks = 0;
  let right = 0;
  let canaryTouched = 0;
  afterAll(async () => {
    countAttacks({ kind: 'corpus', attacks, wrong: attacks - right, canaryTouched });
    for (const device of free) await device.close();
  });
  return async (attack: HostileCase): Promise<void> => {
    attacks += 1;
    const device = free.pop() ?? (await create());
    const { code, touched } = await device.attack(attack);
    if (touched.length === 0) free.push(device);
    else {
      canaryTouched += 1;
      await device.close();
    }
    // A few of them tell enough.
    expect({ code, touched: touched.slice(0, 5) }).toEqual({ code: attack.code, touched: [] });
    right += 1;
  };
}

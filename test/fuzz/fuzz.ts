/**
 * Tries a property for its share of the time that the run has. fast-check draws the values, shrinks what fails, and prints
 * seed and path with it; a property that got no try in its time fails, because it proves nothing.
 */
import { afterAll, describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import type { Arbitrary } from 'fast-check';

/** All that there are, with their shares of the time: who writes to a disk needs more of it for as many tries. */
export const SHARES = {
  'manifest: mutated bytes': 2,
  'manifest: mutated values': 2,
  'archive: mutated entries': 2,
  'archive: mutated gzip': 2,
  'staging: mutated bundles': 5,
  'framing: any split': 1,
  'framing: any message': 1,
  'journal: one wrong byte': 1,
  'journal: any document': 1,
  'tree record: mutated bytes': 1,
  'signature: mutated text': 1,
  'signature: changed content': 1,
  'key: mutated text': 1,
  'patch: any edits': 1,
  'patch: mutated bytes': 1,
  'device: any life': 10,
} as const;

export type PropertyName = keyof typeof SHARES;

/** More than there is time for. */
const ENDLESS = 1_000_000_000;
/** Shrinking a failure may take as long again, and a busy machine longer. */
const PATIENCE_MS = 60_000;

const seconds = Number(process.env['PIKIT_FUZZ_SECONDS'] ?? '30');
/** What all of them draw from. */
export const SEED = Number(process.env['PIKIT_FUZZ_SEED'] ?? String(Date.now() % 2 ** 31));
const path = process.env['PIKIT_FUZZ_PATH'];

function timeOf(name: PropertyName): number {
  const all = Object.values(SHARES).reduce<number>((sum, share) => sum + share, 0);
  return (seconds * 1000 * SHARES[name]) / all;
}

/** `holds` throws for a value that breaks the property. */
export function property<T>(
  name: PropertyName,
  values: Arbitrary<T>,
  holds: (value: T) => Promise<void> | void,
): void {
  const timeMs = timeOf(name);
  describe(name, () => {
    let tries = 0;
    afterAll(() => {
      process.stderr.write(`${name}: ${String(tries)} tries, seed ${String(SEED)}\n`);
    });
    it('holds', { timeout: timeMs + PATIENCE_MS }, async () => {
      const tried = fc.asyncProperty(values, async (value) => {
        await holds(value);
        tries += 1;
      });
      await fc.assert(tried, {
        seed: SEED,
        ...(path === undefined ? {} : { path }),
        numRuns: path === undefined ? ENDLESS : 1,
        interruptAfterTimeLimit: timeMs,
      });
      expect(tries).toBeGreaterThan(0);
    });
  });
}

/**
 * Each case of the corpus is published and installed with the real agent. It must end with exactly the code that is due,
 * and nothing outside staging, downloads and the agent's own records may be different afterwards: not the release that
 * runs, not the canaries around it. What must be accepted is in the unit tests of `unpackBundle`.
 */
import { describe, expect, it } from 'vitest';
import { CORPUS, type Category } from '../fixtures/hostile/corpus.ts';
import { createDirectDevice } from './attacked-device.ts';
import { onDevices } from './attacks.ts';

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

describe.each(categories)('the agent refuses, of %s', (category) => {
  const attacked = onDevices(() => createDirectDevice({ isSigned: category === 'signatures' }));
  it.concurrent.each(CORPUS[category])('$name: $code', attacked);
});

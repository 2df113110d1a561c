/** The one number that is written a second time. */
import { expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { ELEMENT_VERSION } from '../src/version.ts';

it('is that of the package', () => {
  expect(ELEMENT_VERSION).toBe(manifest.version);
});

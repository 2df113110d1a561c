/** Opaque secrets: their form, and the name that does not open anything. */
import { describe, expect, it } from 'vitest';
import { createSecret, idOfSecret } from '../../src/auth/secret.ts';

describe('createSecret', () => {
  it('is another one each time, with a name of its own that does not hold it', () => {
    const [one, two] = [createSecret(), createSecret()];
    expect(one).not.toBe(two);
    expect(idOfSecret(one)).toMatch(/^[0-9a-f]{64}$/);
    expect(idOfSecret(one)).not.toBe(idOfSecret(two));
  });
});

describe('idOfSecret', () => {
  it.each(['', 'a', 'a'.repeat(42), 'a'.repeat(44), `${'a'.repeat(42)}=`, `${'a'.repeat(42)}\n`])(
    'has no name for %j',
    (text) => {
      expect(idOfSecret(text)).toBeUndefined();
    },
  );
});

/** Opaque secrets: their form, and the name that does not open anything. */
import { describe, expect, it } from 'vitest';
import { createSecret, idOfSecret } from '../../src/auth/secret.ts';

describe('createSecret', () => {
  it('is another one each time, with a name of its own that does not hold it', () => {
    const [one, two] = [createSecret(), createSecret()];
    expect(one.secret).not.toBe(two.secret);
    expect(one.id).toMatch(/^[0-9a-f]{64}$/);
    expect(idOfSecret(one.secret)).toBe(one.id);
    expect(idOfSecret(two.secret)).not.toBe(one.id);
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

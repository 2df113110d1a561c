/** Hashes as they are stored, and what is refused as one. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { hashPassword, isPassword } from '../../src/auth/password.ts';
import { CHEAP } from '../support/api-fixture.ts';

describe('hashPassword', () => {
  it('writes a PHC string with the full cost and a salt of its own each time', async () => {
    const [first, second] = await Promise.all([hashPassword('one'), hashPassword('one')]);
    expect(first).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(first).not.toBe(second);
    expect(await isPassword('one', first)).toBe(true);
  });
});

describe('isPassword', () => {
  it('tells right from wrong', async () => {
    const stored = await hashPassword('correct horse', CHEAP);
    expect(await isPassword('correct horse', stored)).toBe(true);
    expect(await isPassword('correct hors', stored)).toBe(false);
    expect(await isPassword('', stored)).toBe(false);
  });

  it('accepts the same letters composed in another way', async () => {
    const stored = await hashPassword('caf\u00e9', CHEAP);
    expect(await isPassword('cafe\u0301', stored)).toBe(true);
  });

  it('reads what other programs write', async () => {
    // RFC 7914 §12, third vector, shortened to its first 32 bytes: N=16384, r=8, p=1.
    const salt = Buffer.from('SodiumChloride').toString('base64').replaceAll('=', '');
    const hash = '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2';
    const stored = `$scrypt$ln=14,r=8,p=1$${salt}$${Buffer.from(hash, 'hex').toString('base64').replaceAll('=', '')}`;
    expect(await isPassword('pleaseletmein', stored)).toBe(true);
  });

  it.each([
    ['plain text', 'correct horse'],
    ['another algorithm', '$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA'],
    [
      'a cost that takes all memory',
      '$scrypt$ln=30,r=8,p=3$c2FsdHNhbHRzYWx0c2Fs$aGFzaGhhc2hoYXNoaGFzaA',
    ],
    ['no rounds', '$scrypt$ln=0,r=8,p=3$c2FsdHNhbHRzYWx0c2Fs$aGFzaGhhc2hoYXNoaGFzaA'],
  ])('refuses %s as a hash', async (_what, stored) => {
    await expectCode(isPassword('correct horse', stored), 'config-invalid');
  });
});

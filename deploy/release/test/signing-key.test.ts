/**
 * Secret keys in minisign's format, byte by byte: what is read, what is refused, and that nothing secret is in an error. That
 * minisign agrees is tested where keys are made and used.
 */
import { describe, expect, it } from 'vitest';
import {
  parseKeyLine,
  parseSignature,
  isSignedBy,
} from '../../../packages/agent/src/core/minisign.ts';
import { expectCode } from '../../../test/support/expect-code.ts';
import { signatureMath } from '../src/signature-math.ts';
import { createSigningKey, MINISIGN_COST, openSigningKey } from '../src/signing-key.ts';

/** A hundredth of a second. */
const CHEAP = { operations: 2 ** 15, memoryBytes: 2 ** 24 };

const password = Buffer.from('correct horse');
const given = (text: string) => ({ isGiven: true, read: async () => Buffer.from(text) });
const nobody = {
  isGiven: false,
  read: async () => {
    throw new Error('asked for a password');
  },
};

/** A file of a key, its bytes changed. */
function changed(text: string, change: (bytes: Buffer) => void): string {
  const [comment = '', line = ''] = text.split('\n');
  const bytes = Buffer.from(line, 'base64');
  change(bytes);
  return `${comment}\n${bytes.toString('base64')}\n`;
}

const flipped = (at: number) => (bytes: Buffer) => {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
};

const word = (at: number, value: bigint) => (bytes: Buffer) => {
  bytes.writeBigUInt64LE(value, at);
};

describe('createSigningKey', () => {
  it('makes another key each time, and signs what its public half verifies', () => {
    const [key, other] = [createSigningKey(), createSigningKey()];
    expect(other.id).not.toBe(key.id);
    const content = Buffer.from('content');
    const publicKey = parseKeyLine(key.publicLine);
    if (publicKey === undefined) throw new Error('no public key');
    const signature = parseSignature(key.sign(content, 'timestamp:1\tfile:x'));
    expect(publicKey.id).toBe(key.id);
    expect(signature).toMatchObject({ keyId: key.id, isPrehashed: true });
    expect(isSignedBy(publicKey, content, signature, signatureMath)).toBe(true);
    expect(isSignedBy(publicKey, Buffer.from('another'), signature, signatureMath)).toBe(false);
  });
});

describe('openSigningKey', () => {
  const key = createSigningKey();

  it('opens what was sealed, with and without a password', async () => {
    const sealed = await key.seal(password, CHEAP);
    expect(sealed).not.toContain((await key.seal(undefined)).split('\n')[1]);
    const opened = await openSigningKey('x.key', sealed, given('correct horse'));
    expect(opened).toMatchObject({ id: key.id, publicLine: key.publicLine });
    expect(opened.sign(Buffer.from('x'), 'y')).toBe(key.sign(Buffer.from('x'), 'y'));
    expect(await openSigningKey('x.key', await key.seal(undefined), nobody)).toMatchObject({
      id: key.id,
    });
  });

  it('seals with what minisign asks for, and never twice alike', async () => {
    const [first, second] = [await key.seal(password, CHEAP), await key.seal(password, CHEAP)];
    expect(first).not.toBe(second);
    expect(MINISIGN_COST).toEqual({ operations: 33_554_432, memoryBytes: 1_073_741_824 });
  });

  it('bears line ends of another system', async () => {
    const text = (await key.seal(undefined)).replaceAll('\n', '\r\n');
    expect(await openSigningKey('x.key', text, nobody)).toMatchObject({ id: key.id });
  });

  it('says that the password is wrong, and not what it was', async () => {
    const sealed = await key.seal(password, CHEAP);
    const error = await expectCode(
      openSigningKey('x.key', sealed, given('battery staple')),
      'unauthenticated',
    );
    expect(`${error.message} ${JSON.stringify(error.details)}`).not.toMatch(/horse|battery/);
  });

  it('says that a password is given in vain', async () => {
    const plain = await key.seal(undefined);
    await expectCode(openSigningKey('x.key', plain, given('x')), 'invalid-request');
  });

  it.each([6, 54, 61, 62, 93, 94, 125, 126, 157].map((at) => ({ at })))(
    'finds a flipped bit at $at of an encrypted one',
    async ({ at }) => {
      const text = changed(await key.seal(password, CHEAP), flipped(at));
      await expectCode(openSigningKey('x.key', text, given('correct horse')), 'unauthenticated');
    },
  );

  it.each([62, 93, 94, 125])('finds a flipped bit at %i of one without a password', async (at) => {
    const text = changed(await key.seal(undefined), flipped(at));
    const { details } = await expectCode(openSigningKey('x.key', text, nobody), 'config-invalid');
    expect(details).toMatchObject({ file: 'x.key', key: 'secret key' });
  });

  it.each<[string, (bytes: Buffer) => void]>([
    ['another kind of signature', flipped(1)],
    ['another kind of encryption', flipped(2)],
    ['another kind of checksum', flipped(5)],
    ['more time than minisign asks for', word(38, 2n ** 25n + 1n)],
    ['more memory than minisign asks for', word(46, 2n ** 30n + 1n)],
    ['all the time and memory that there is', (bytes) => bytes.fill(0xff, 38, 54)],
  ])('refuses %s before it asks for the password', async (_what, change) => {
    const text = changed(await key.seal(password, CHEAP), change);
    await expectCode(openSigningKey('x.key', text, nobody), 'config-invalid');
  });

  it.each([
    ['nothing', () => ''],
    ['a comment alone', (text: string) => text.split('\n')[0] ?? ''],
    ['the line alone', (text: string) => text.split('\n')[1] ?? ''],
    ['a line that is cut', (text: string) => text.slice(0, -9)],
    ['a third line', (text: string) => `${text}more\n`],
    ['blanks in the line', (text: string) => text.replace(/.\n$/, ' \n')],
    ['a public key', () => `untrusted comment: x\n${key.publicLine}\n`],
  ])('refuses %s', async (_what, change) => {
    const text = change(await key.seal(undefined));
    await expectCode(openSigningKey('x.key', text, nobody), 'config-invalid');
  });
});

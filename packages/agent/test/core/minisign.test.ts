/** minisign's two files from text to values, and the check; the arithmetic is node:crypto's, the keys are the tests' own. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createMinisignKey } from '../../../../test/support/minisign-key.ts';
import { signatureMath } from '../../src/adapters/signature-crypto.ts';
import {
  isSignedBy,
  parseKeyLine,
  parsePublicKey,
  parseSignature,
  signingTime,
} from '../../src/core/minisign.ts';

const key = createMinisignKey();
const CONTENT = new TextEncoder().encode('{"version":"1.4.0"}');
const signature = key.sign(CONTENT);
const lines = signature.split('\n');

/** The signature with one of its four lines replaced. */
const withLine = (index: number, line: string): string => lines.with(index, line).join('\n');

function publicKey(one = key) {
  const parsed = parsePublicKey(one.publicFile);
  if (parsed === undefined) throw new Error('the tests’ own key cannot be read');
  return parsed;
}

const isGood = (text: string, content = CONTENT, one = key): boolean =>
  isSignedBy(publicKey(one), content, parseSignature(text), signatureMath);

/** With the two letters of its algorithm changed. */
function swap(text: string, from: string, to: string): string {
  const all = text.split('\n');
  const packed = Buffer.from(all[1] ?? '', 'base64');
  expect(packed.subarray(0, 2).toString()).toBe(from);
  packed.write(to);
  return all.with(1, packed.toString('base64')).join('\n');
}

const timeIn = (trustedComment: string) =>
  signingTime(parseSignature(key.sign(CONTENT, { trustedComment })));

describe('parsePublicKey', () => {
  it.each([
    ['as minisign writes it', key.publicFile],
    ['the key alone', key.publicLine],
    ['with the line breaks of another system', key.publicFile.replaceAll('\n', '\r\n')],
  ])('reads a file %s', (_what, text) => {
    expect(parsePublicKey(text)).toMatchObject({ id: key.id });
  });

  it.each([
    ['nothing', ''],
    ['another file', 'ssh-ed25519 AAAA root@pi\n'],
    ['a signature', signature],
    ['a secret key’s algorithm', Buffer.from('Ec'.padEnd(42, 'x')).toString('base64')],
    ['a key that was cut', key.publicLine.slice(0, -4)],
    ['more than a key', `${key.publicFile}${key.publicLine}\n`],
    ['blanks in the key', ` ${key.publicLine.slice(1)}`],
    ['two comments', `untrusted comment: x\n${key.publicFile}`],
  ])('refuses %s', (_what, text) => {
    expect(parsePublicKey(text)).toBeUndefined();
  });
});

describe('parseKeyLine', () => {
  it('reads what a manifest names', () => {
    expect(parseKeyLine(key.publicLine)).toEqual(publicKey());
    expect(parseKeyLine(key.publicFile)).toBeUndefined();
  });
});

describe('parseSignature', () => {
  it('reads what is signed, by whom and how', () => {
    expect(parseSignature(signature)).toMatchObject({ keyId: key.id, isPrehashed: true });
    expect(parseSignature(key.sign(CONTENT, { legacy: true })).isPrehashed).toBe(false);
    expect(parseSignature(signature.replaceAll('\n', '\r\n')).keyId).toBe(key.id);
  });

  it.each([
    ['nothing', ''],
    ['half of it', lines.slice(0, 2).join('\n')],
    ['a signature that was cut', withLine(1, (lines[1] ?? '').slice(0, -4))],
    ['an algorithm that does not exist', withLine(1, `RX${(lines[1] ?? '').slice(2)}`)],
    ['an alphabet of the web', withLine(1, `${(lines[1] ?? '').slice(0, -2)}-_`)],
    ['bits that do not count', withLine(3, (lines[3] ?? '').replace(/.==$/, 'B=='))],
    ['no trusted comment', withLine(2, 'comment: x')],
    ['no untrusted comment', withLine(0, 'x')],
    ['something after it', `${signature}more\n`],
    [
      'an OpenPGP signature',
      '-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n',
    ],
  ])('refuses %s', async (_what, text) => {
    const error = await expectCode(() => parseSignature(text), 'signature-invalid');
    expect(error.details).toEqual({ reason: 'not a signature' });
  });
});

describe('isSignedBy', () => {
  it.each([{ legacy: false }, { legacy: true }, { trustedComment: 'für Pi-Kit 🙂' }])(
    'accepts what the key has signed: %o',
    (options) => {
      expect(isGood(key.sign(CONTENT, options))).toBe(true);
    },
  );

  it('accepts an untrusted comment that somebody has changed, because it is just that', () => {
    expect(isGood(withLine(0, 'untrusted comment: anything'))).toBe(true);
  });

  it('refuses other content, a changed trusted comment and a key of another name', () => {
    expect(isGood(signature, new TextEncoder().encode('{"version":"1.4.1"}'))).toBe(false);
    expect(isGood(withLine(2, `${lines[2] ?? ''}0`))).toBe(false);
    expect(isGood(signature, CONTENT, createMinisignKey())).toBe(false);
  });

  it('refuses a signature whose algorithm was swapped', () => {
    const legacy = key.sign(CONTENT, { legacy: true });
    expect(isGood(swap(legacy, 'Ed', 'ED'))).toBe(false);
    expect(isGood(swap(signature, 'ED', 'Ed'))).toBe(false);
  });

  it('refuses the trusted comment of another signature by the same key', () => {
    const other = key.sign(CONTENT, { trustedComment: 'timestamp:1\tother' }).split('\n');
    expect(
      isGood(
        lines
          .with(2, other[2] ?? '')
          .with(3, other[3] ?? '')
          .join('\n'),
      ),
    ).toBe(true);
    expect(isGood(withLine(2, other[2] ?? ''))).toBe(false);
    const foreign = key.sign('something else').split('\n');
    expect(
      isGood(
        lines
          .with(2, foreign[2] ?? '')
          .with(3, foreign[3] ?? '')
          .join('\n'),
      ),
    ).toBe(false);
  });

  it('refuses a key that only has the name of the one that signed', () => {
    const named = { ...publicKey(createMinisignKey()), id: key.id };
    expect(isSignedBy(named, CONTENT, parseSignature(signature), signatureMath)).toBe(false);
  });
});

describe('signingTime', () => {
  it('is what minisign writes by itself', () => {
    expect(timeIn('timestamp:1767225600\tfile:manifest.json\thashed')).toBe(
      '2026-01-01T00:00:00.000Z',
    );
    expect(timeIn('timestamp:0')).toBe('1970-01-01T00:00:00.000Z');
  });

  it.each([
    '',
    'made by hand',
    'x timestamp:1',
    'timestamp:-1',
    'timestamp:1e9',
    'timestamp:999999999999',
  ])('is unknown in %j', (comment) => {
    expect(timeIn(comment)).toBeUndefined();
  });
});

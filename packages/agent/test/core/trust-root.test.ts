/** Whom the device believes, and what it refuses because nobody whom it believes vouches for it. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createMinisignKey, type MinisignKey } from '../../../../test/support/minisign-key.ts';
import { signatureMath } from '../../src/adapters/signature-crypto.ts';
import {
  isRetired,
  isSignatureRequired,
  isUnknownKey,
  NOTHING_TOLD,
  signerOf,
  trustRootOf,
  type Claim,
  type TrustRecord,
} from '../../src/core/trust-root.ts';
import { aSha256, aVersion } from '../support/a-manifest.ts';

const [mine, theirs] = [createMinisignKey(), createMinisignKey()];
const VERSION = aVersion('1.4.0');
const MANIFEST = new TextEncoder().encode('{"version":"1.4.0"}');

const fileOf = (key: MinisignKey, name = 'maintainer') => ({
  path: `/etc/pikit/keys/${name}.pub`,
  text: key.publicFile,
});

function claim(patch: Partial<Claim> = {}): Claim {
  const signature = mine.sign(MANIFEST, { signedAt: new Date('2026-01-01T00:00:00Z') });
  return { version: VERSION, manifest: MANIFEST, manifestSha256: aSha256(), signature, ...patch };
}

const told = (patch: Partial<TrustRecord>): TrustRecord => ({ ...NOTHING_TOLD, ...patch });
const introduced = (key: MinisignKey) => [{ key: key.publicLine, by: mine.id, version: VERSION }];

describe('trustRootOf', () => {
  it('knows the keys of the owner and those that releases introduced', () => {
    const { keys } = trustRootOf([fileOf(mine)], told({ introduced: introduced(theirs) }));
    expect(keys.map(({ id, name }) => [id, name])).toEqual([
      [mine.id, 'maintainer'],
      [theirs.id, null],
    ]);
  });

  it('refuses a key that cannot be read, and does not take it for none', async () => {
    const broken = { path: '/etc/pikit/keys/maintainer.pub', text: 'untrusted comment: x\n' };
    const error = await expectCode(
      () => trustRootOf([fileOf(mine, 'a'), broken], NOTHING_TOLD),
      'config-invalid',
    );
    expect(error.details['file']).toBe(broken.path);
  });
});

describe('isSignatureRequired', () => {
  it.each([
    ['no key', [], NOTHING_TOLD, false],
    ['a key of the owner', [fileOf(mine)], NOTHING_TOLD, true],
    ['a key that a release introduced', [], told({ introduced: introduced(theirs) }), true],
    [
      'nothing but retired keys',
      [fileOf(mine)],
      told({ retired: [{ key: mine.id, by: null }] }),
      true,
    ],
    [
      'an introduced key that this agent cannot read',
      [],
      told({ introduced: [{ key: 'of the future', by: mine.id, version: VERSION }] }),
      true,
    ],
  ])('with %s', (_what, files, record, required) => {
    expect(isSignatureRequired(trustRootOf(files, record))).toBe(required);
  });
});

describe('signerOf', () => {
  const root = trustRootOf([fileOf(mine)], NOTHING_TOLD);

  it('names the key, its file and when it signed', () => {
    expect(signerOf(root, claim(), signatureMath)).toEqual({
      id: mine.id,
      name: 'maintainer',
      signedAt: '2026-01-01T00:00:00.000Z',
    });
  });

  it('is nobody where no key is trusted, whatever the signature is', () => {
    const none = trustRootOf([], NOTHING_TOLD);
    expect(signerOf(none, claim(), signatureMath)).toBeNull();
    expect(signerOf(none, claim({ signature: 'nonsense' }), signatureMath)).toBeNull();
  });

  it('accepts a key that a release introduced, whose file has no name', () => {
    const both = trustRootOf([fileOf(mine)], told({ introduced: introduced(theirs) }));
    const signer = signerOf(both, claim({ signature: theirs.sign(MANIFEST) }), signatureMath);
    expect(signer).toMatchObject({ id: theirs.id, name: null });
  });

  it('refuses a release without a signature', async () => {
    const error = await expectCode(
      () => signerOf(root, claim({ signature: undefined }), signatureMath),
      'signature-missing',
    );
    expect(error.details).toEqual({ version: '1.4.0' });
  });

  it.each([
    ['a key that nobody knows', theirs.sign(MANIFEST), 'unknown key'],
    ['the signature of another manifest', mine.sign('{"version":"1.3.0"}'), 'not of this manifest'],
  ])('refuses %s', async (_what, signature, reason) => {
    const error = await expectCode(
      () => signerOf(root, claim({ signature }), signatureMath),
      'signature-invalid',
    );
    expect(error.details).toMatchObject({ version: '1.4.0', reason });
    expect(isUnknownKey(error)).toBe(reason === 'unknown key');
  });

  it('refuses a retired key, but for the one manifest by which it retired itself', async () => {
    const by = aSha256('b');
    const record = told({ retired: [{ key: mine.id, by }] });
    const later = trustRootOf([fileOf(mine)], record);
    expect(isRetired(record, mine.id)).toBe(true);
    const error = await expectCode(
      () => signerOf(later, claim(), signatureMath),
      'signature-invalid',
    );
    expect(error.details['reason']).toBe('retired key');
    expect(signerOf(later, claim({ manifestSha256: by }), signatureMath)?.id).toBe(mine.id);
  });

  it('tries each of two keys that have the same name', () => {
    const namesake = { ...fileOf(theirs, 'namesake'), text: renamed(theirs, mine) };
    const both = trustRootOf([namesake, fileOf(mine)], NOTHING_TOLD);
    expect(signerOf(both, claim(), signatureMath)?.name).toBe('maintainer');
  });
});

/** The file of one key with the id of another. */
function renamed(key: MinisignKey, as: MinisignKey): string {
  const bytes = Buffer.from(key.publicLine, 'base64');
  Buffer.from(as.publicLine, 'base64').copy(bytes, 2, 2, 10);
  return bytes.toString('base64');
}

/** The two halves of a check: what the first one may say before a bundle is there, and what the second one adds. */
import { rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Version } from '@pikit/protocol';
import { NOTHING_TOLD, trustRootOf } from '../../../packages/agent/src/core/trust-root.ts';
import { buildRelease, type BuiltRelease } from '../../../test/support/bundle-builder.ts';
import { expectCode } from '../../../test/support/expect-code.ts';
import { createMinisignKey } from '../../../test/support/minisign-key.ts';
import { makeTempDir, type TempDir } from '../../../test/support/temp-dir.ts';
import { checkContents, checkPapers } from '../src/check-release.ts';

const signer = createMinisignKey();
const ROOT = trustRootOf([{ path: 'x.pub', text: signer.publicFile }], NOTHING_TOLD);
const NOBODY = trustRootOf([], NOTHING_TOLD);

let dir: TempDir;
let built: BuiltRelease;
const build = (manifest: object = {}): Promise<BuiltRelease> =>
  buildRelease(
    { version: '1.4.0', files: { a: 'page' }, form: 'full', signer, manifest: { ...manifest } },
    dir.path,
  );
beforeEach(async () => {
  dir = await makeTempDir();
  built = await build();
});
afterEach(() => dir.remove());

describe('checkPapers', () => {
  it('needs no bundle', async () => {
    await rm(built.bundle);
    expect(await checkPapers(built.dir, ROOT)).toMatchObject({
      manifest: { version: '1.4.0' },
      manifestSha256: built.manifestSha256,
      isSigned: true,
      signer: { id: signer.id },
    });
    expect(await checkPapers(built.dir, NOBODY)).toMatchObject({ isSigned: true, signer: null });
  });

  it('wants the version by which the source shows it', async () => {
    expect(await checkPapers(built.dir, ROOT, '1.4.0' as Version)).toMatchObject({
      isSigned: true,
    });
    await expectCode(checkPapers(built.dir, ROOT, '1.5.0' as Version), 'manifest-invalid');
  });

  it.each([
    ['has expired', { expires: '2020-01-01T00:00:00Z' }, 'release-expired'],
    ['promises too large a bundle', { bundle: { name: 'a', size: 2 ** 40 } }, 'too-large'],
  ] as const)(
    'refuses a release that %s before anybody fetches it',
    async (_what, members, code) => {
      built = await build(members);
      await expectCode(checkPapers(built.dir, ROOT), code);
    },
  );

  it('asks for the signature before it reads the manifest', async () => {
    await writeFile(built.manifest, '{"version":"1.4.0"}');
    await expectCode(checkPapers(built.dir, ROOT), 'signature-invalid');
    await expectCode(checkPapers(built.dir, NOBODY), 'manifest-invalid');
    // Not even its version, where somebody else says it.
    await writeFile(built.manifest, 'nothing');
    await expectCode(checkPapers(built.dir, ROOT, '1.4.0' as Version), 'signature-invalid');
  });
});

describe('checkContents', () => {
  it('says what is in it', async () => {
    const papers = await checkPapers(built.dir, ROOT);
    expect(await checkContents(built.dir, papers)).toMatchObject({
      manifest: { version: '1.4.0' },
      spans: 0,
      unpackedBytes: 4,
    });
  });

  it('wants a bundle, and this one', async () => {
    const papers = await checkPapers(built.dir, ROOT);
    await writeFile(built.bundle, 'another');
    await expectCode(checkContents(built.dir, papers), 'hash-mismatch');
    await rm(built.bundle);
    await expectCode(checkContents(built.dir, papers), 'file-missing');
  });
});

/** What a release says about itself, read from the three files as a maintainer has them. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildRelease, type BuiltRelease } from '../../../../test/support/bundle-builder.ts';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createMinisignKey } from '../../../../test/support/minisign-key.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { inspect } from '../../src/commands/inspect.ts';

let dir: TempDir;
let built: BuiltRelease;
const signer = createMinisignKey();
beforeEach(async () => {
  dir = await makeTempDir();
  const files = { 'pikit-web/index.html': 'page' };
  built = await buildRelease({ version: '1.4.0', files, form: 'full', signer }, dir.path);
});
afterEach(() => dir.remove());

const run = (...positionals: readonly string[]) => inspect.run({ values: {}, positionals });

describe('inspect', () => {
  it('tells version, product, files, digest and who says to have signed it', async () => {
    const { document, text } = await run(built.dir);
    expect(document).toMatchObject({
      version: '1.4.0',
      product: 'pikit',
      files: 1,
      manifestSha256: built.manifestSha256,
      signedBy: signer.id,
    });
    expect(text).toContain('not checked');
  });

  it('says that nobody has signed it', async () => {
    await rm(`${built.manifest}.minisig`);
    expect((await run(built.dir)).document).toMatchObject({ signedBy: null });
  });

  it.each([
    ['no manifest', async () => rm(built.manifest), 'file-missing'],
    ['no bundle', async () => rm(built.bundle), 'file-missing'],
    ['a manifest that is no JSON', async () => writeFile(built.manifest, '{'), 'manifest-invalid'],
    [
      'a manifest that the agent refuses',
      async () => writeFile(built.manifest, '{"version":"1.4.0","changelog":"","files":[]}'),
      'manifest-invalid',
    ],
    [
      'a signature that is none',
      async () => writeFile(join(built.dir, 'manifest.json.minisig'), 'x'),
      'signature-invalid',
    ],
  ] as const)('refuses %s', async (_what, spoil, code) => {
    await spoil();
    await expectCode(run(built.dir), code);
  });

  it('wants one directory', async () => {
    await expectCode(run(), 'invalid-request');
    await expectCode(run(built.dir, built.dir), 'invalid-request');
  });
});

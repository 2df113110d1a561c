/** The command as a maintainer calls it: where the file goes, what it holds, and what it refuses. */
import { rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BuiltRelease } from '../../../../test/support/bundle-builder.ts';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { exportRelease } from '../../src/commands/export.ts';
import { aRelease } from '../publish/scene.ts';

let dir: TempDir;
let built: BuiltRelease;
beforeEach(async () => {
  dir = await makeTempDir();
  built = await aRelease(dir.path);
});
afterEach(() => dir.remove());

const run = (...positionals: readonly string[]) =>
  exportRelease.run({ values: { out: join(dir.path, 'release.tar') }, positionals });

describe('export', () => {
  it('writes what decides first, and says what it wrote', async () => {
    const { document, text } = await run(built.dir);
    const file = join(dir.path, 'release.tar');
    expect(document).toMatchObject({
      version: '1.4.0',
      file,
      assets: [
        { name: 'manifest.json', sha256: built.manifestSha256 },
        { name: 'manifest.json.minisig' },
        { name: 'pikit-1.4.0.tar.gz' },
      ],
    });
    expect(text).toContain(file);
    expect(existsSync(file)).toBe(true);
  });

  it('refuses what no device would take from a file', async () => {
    await rm(`${built.manifest}.minisig`);
    await expectCode(run(built.dir), 'signature-missing');
    await rm(built.bundle);
    await expectCode(run(built.dir), 'file-missing');
    await expectCode(run(), 'invalid-request');
    expect(existsSync(join(dir.path, 'release.tar'))).toBe(false);
  });
});

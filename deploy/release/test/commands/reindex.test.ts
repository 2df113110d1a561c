/** The command as a maintainer calls it who has taken a release away. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { startStaticServer } from '../../../../test/support/static-server.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { reindex } from '../../src/commands/reindex.ts';
import { verify } from '../../src/commands/verify.ts';
import { publishToDirectory } from '../../src/publish/to-directory.ts';
import { aRelease, filesOf } from '../publish/scene.ts';

let dir: TempDir;
let target: string;
beforeEach(async () => {
  dir = await makeTempDir();
  target = join(dir.path, 'www');
});
afterEach(() => dir.remove());

const run = (...positionals: readonly string[]) => reindex.run({ values: {}, positionals });

describe('reindex', () => {
  it('lets devices see the release before the one that was taken away', async () => {
    for (const version of ['1.4.0', '1.5.0']) {
      await publishToDirectory(await filesOf(await aRelease(dir.path, version)), target);
    }
    await rm(join(target, '1.5.0'), { recursive: true });
    const web = await startStaticServer(target);
    const newest = () => verify.run({ values: {}, positionals: [web.url] });
    try {
      await expectCode(newest(), 'file-missing');
      const { document, text } = await run(target);
      expect(document).toEqual({ dir: target, versions: ['1.4.0'] });
      expect(text).toBe(`${target} holds 1.4.0`);
      expect((await newest()).document).toMatchObject({ version: '1.4.0' });
    } finally {
      await web.close();
    }
  });

  it('says that nothing is left', async () => {
    await publishToDirectory(await filesOf(await aRelease(dir.path)), target);
    await rm(join(target, '1.4.0'), { recursive: true });
    expect((await run(target)).text).toBe(`${target} holds no release`);
  });

  it('wants one directory that releases were published to, and leaves any other alone', async () => {
    await expectCode(run(), 'invalid-request');
    await expectCode(run(target), 'file-missing');
    await expectCode(run(dir.path), 'file-missing');
    expect(await readdir(dir.path)).toEqual([]);
  });
});

/** One file of a release: the same bytes each time, as `tar` reads it, and nothing where it went wrong. */
import { execFileSync } from 'node:child_process';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { exportToFile } from '../../src/publish/to-file.ts';
import { aRelease, filesOf } from './scene.ts';

let dir: TempDir;
beforeEach(async () => {
  dir = await makeTempDir();
});
afterEach(() => dir.remove());

const at = (name: string) => join(dir.path, name);

describe('exportToFile', () => {
  it('holds the files as they are, under their names', async () => {
    const release = await aRelease(dir.path);
    const { files } = await filesOf(release);
    await exportToFile(files, at('a.tar'));
    const listed = execFileSync('tar', ['-tf', at('a.tar')], { encoding: 'utf8' }).trim();
    expect(listed.split('\n')).toEqual(files.map(({ name }) => name));
    const bundle = execFileSync('tar', ['-xOf', at('a.tar'), 'pikit-1.4.0.tar.gz']);
    expect(bundle).toEqual(await readFile(release.bundle));
  });

  it('has the same bytes whenever and by whomever it is made', async () => {
    const { bundle, dir: from } = await aRelease(dir.path);
    const files = await filesOf({ dir: from } as never);
    await exportToFile(files.files, at('a.tar'));
    await utimes(bundle, 1, 1);
    await exportToFile(files.files, at('b.tar'));
    expect(await readFile(at('b.tar'))).toEqual(await readFile(at('a.tar')));
  });

  it('overwrites nothing', async () => {
    await writeFile(at('a.tar'), 'mine');
    const { files } = await filesOf(await aRelease(dir.path));
    await expectCode(exportToFile(files, at('a.tar')), 'write-failed');
    expect(await readFile(at('a.tar'), 'utf8')).toBe('mine');
  });

  it('leaves nothing of a file that changes while it is copied, or has no place', async () => {
    const release = await aRelease(dir.path);
    const { files } = await filesOf(release);
    await writeFile(release.bundle, 'x');
    await expectCode(exportToFile(files, at('a.tar')), 'hash-mismatch');
    await expectCode(exportToFile(files, at('not-there/a.tar')), 'write-failed');
    expect((await readdir(dir.path)).filter((name) => name.includes('.tar'))).toEqual([]);
  });
});

/** Which page goes with which program. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withTempDir } from '../../../test/support/temp-dir.ts';
import { DEFAULT_UI_DIRECTORY } from '../src/config.ts';
import { pageDirectories } from '../src/page-directory.ts';

it('is the page of the program’s own release, before that of the factory', () =>
  withTempDir(async (release) => {
    const program = join(release, 'lib/pikit-api.mjs');
    expect(pageDirectories(program, DEFAULT_UI_DIRECTORY)).toEqual([DEFAULT_UI_DIRECTORY]);
    await mkdir(join(release, 'ui'));
    await writeFile(join(release, 'ui/index.html'), '');
    expect(pageDirectories(program, DEFAULT_UI_DIRECTORY)).toEqual([
      join(release, 'ui'),
      DEFAULT_UI_DIRECTORY,
    ]);
  }));

it('is the owner’s choice where there is one', () =>
  withTempDir(async (release) => {
    await mkdir(join(release, 'ui'));
    await writeFile(join(release, 'ui/index.html'), '');
    expect(pageDirectories(join(release, 'lib/pikit-api.mjs'), '/srv/page')).toEqual(['/srv/page']);
  }));

it('is the configured one for a program that lies in no release', () =>
  withTempDir(async (checkout) => {
    await mkdir(join(checkout, 'ui'));
    await writeFile(join(checkout, 'ui/index.html'), '');
    const program = join(checkout, 'dist/pikit-api.mjs');
    expect(pageDirectories(program, DEFAULT_UI_DIRECTORY)).toEqual([DEFAULT_UI_DIRECTORY]);
  }));

/** What systemd's own programs tell, here those of the tests. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../../../../test/support/repository-root.ts';
import { makeTempDir, type TempDir } from '../../../../../test/support/temp-dir.ts';
import { isClockSynchronised, readUnits, readWritable } from '../../../src/cli/device/units.ts';

const before = { ...process.env };
let dir: TempDir;
beforeEach(async () => {
  dir = await makeTempDir();
  const bin = join(repositoryRoot(), 'test/support/bin');
  process.env['PATH'] = `${bin}:${before['PATH'] ?? ''}`;
  process.env['PIKIT_FAKE_SYSTEMD'] = dir.path;
});
afterEach(async () => {
  process.env['PATH'] = before['PATH'];
  delete process.env['PIKIT_FAKE_SYSTEMD'];
  await dir.remove();
});

describe('readUnits', () => {
  it('tells what is loaded and active, and what is not there', async () => {
    await mkdir(join(dir.path, 'units'));
    await writeFile(join(dir.path, 'units/a.service'), 'failed\n');
    expect(await readUnits(['a.service', 'b.service'])).toEqual([
      { name: 'a.service', load: 'loaded', active: 'failed', file: '' },
      { name: 'b.service', load: 'not-found', active: 'inactive', file: '' },
    ]);
  });

  it('knows nothing where there is no systemd', async () => {
    delete process.env['PIKIT_FAKE_SYSTEMD'];
    expect(await readUnits(['a.service'])).toBeUndefined();
  });
});

describe('readWritable', () => {
  it('is what the unit leaves open, also what need not be there', async () => {
    await writeFile(join(dir.path, 'writable'), '/run -/var/www\n');
    expect(await readWritable()).toEqual(['/run', '/var/www']);
  });

  it('is unknown where the unit is not confined, or there is none', async () => {
    expect(await readWritable()).toBeUndefined();
    process.env['PATH'] = '/nowhere';
    expect(await readWritable()).toBeUndefined();
  });
});

describe('isClockSynchronised', () => {
  it('is what systemd says', async () => {
    expect(await isClockSynchronised()).toBe(false);
    await writeFile(join(dir.path, 'synchronised'), '');
    expect(await isClockSynchronised()).toBe(true);
  });

  it('is unknown without it', async () => {
    process.env['PATH'] = '/nowhere';
    expect(await isClockSynchronised()).toBeUndefined();
  });
});

/** The plan's version file, read leniently and written strictly. */
import { VersionSchema } from '@pikit/protocol';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installedVersion, writeVersion } from '../../src/steps/version-file.ts';
import { createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
});
afterEach(() => bench.close());

describe('installedVersion', () => {
  it.each([
    ['1.2.3\n', '1.2.3'],
    ['v1.2.3', '1.2.3'],
    ['', 'preexisting'],
    ['latest', 'preexisting'],
  ])('reads %j as %s', async (content, version) => {
    await bench.put('/etc/pikit/version', content);
    expect(await installedVersion(bench.disk)).toBe(version);
  });

  it('of a device without the file is preexisting', async () => {
    expect(await installedVersion(bench.disk)).toBe('preexisting');
  });

  it('is preexisting too where the file cannot be read', async () => {
    await bench.put('/etc/pikit/version/is/a/directory', '');
    expect(await installedVersion(bench.disk)).toBe('preexisting');
  });
});

describe('writeVersion', () => {
  it('writes one line, and takes the file away for files without a version', async () => {
    await writeVersion(bench.disk, v.parse(VersionSchema, '1.2.3'));
    expect(await bench.see('/etc/pikit/version')).toBe('1.2.3\n');
    await writeVersion(bench.disk, 'preexisting');
    expect(await bench.see('/etc/pikit/version')).toBeUndefined();
  });
});

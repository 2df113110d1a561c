/** The agent's snapshot on the disk, in every condition that it can be found in. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { createStateFile } from '../../src/agent/state-file.ts';
import { settledStatus } from '../support/statuses.ts';

const read = (text: string) =>
  withTempDir(async (directory) => {
    const path = join(directory, 'state.json');
    await writeFile(path, text);
    return createStateFile(path)();
  });

describe('createStateFile', () => {
  it('reads a snapshot and leaves out what belongs to the file', async () => {
    const text = JSON.stringify({ ...settledStatus(), format: 1, checksum: 'abc' });
    expect(await read(text)).toEqual(settledStatus());
  });

  it.each([
    ['torn', JSON.stringify(settledStatus()).slice(0, 100)],
    ['empty', ''],
    ['of another shape', '{"version":"1"}'],
    ['too large', `${JSON.stringify(settledStatus())}${' '.repeat(600_000)}`],
  ])('says that it knows nothing when the file is %s', async (_what, text) => {
    expect(await read(text)).toBeUndefined();
  });

  it('says that it knows nothing when there is no file', async () => {
    expect(await createStateFile('/nonexistent/state.json')()).toBeUndefined();
  });
});

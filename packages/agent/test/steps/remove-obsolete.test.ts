/** What a release no longer has goes, with directories that are empty then; what was changed since stays. */
import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  const files = {
    'pikit-web/index.html': 'a',
    'bin/sub/deep/tool': 'b',
    'cron/pikit': '# a\n',
    'cron/own': '# b\n',
  };
  await bench.publish({ version: '1.1.0', files });
  await bench.apply('1.1.0');
  await bench.publish({ version: '1.2.0', files: { 'pikit-web/index.html': 'c' } });
});
afterEach(() => bench.close());

describe('removeObsolete', () => {
  it('takes links and copies of ours away, and directories that are empty then', async () => {
    await bench.apply('1.2.0');
    expect(await readdir(bench.host('/usr/local/bin'))).toEqual([]);
    expect(await readdir(bench.host('/etc/cron.d'))).toEqual([]);
  });

  it('leaves a copy that the owner has changed, and a directory that holds something else', async () => {
    await bench.put('/etc/cron.d/own', '# mine\n');
    await bench.put('/usr/local/bin/sub/mine', 'mine');
    await bench.apply('1.2.0');
    expect(await readdir(bench.host('/etc/cron.d'))).toEqual(['own']);
    expect(await readdir(bench.host('/usr/local/bin/sub'))).toEqual(['mine']);
  });
});

/** The last look before the switch: what was written is read back against the manifest. */
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { staging } from '../../src/steps/staging.ts';
import { verifying } from '../../src/steps/verifying.ts';
import { aRelease, createWorkbench, quiet, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
});
afterEach(() => bench.close());

const TREE = '/var/lib/pikit/staging/1.1.0';

async function staged() {
  await bench.publish(aRelease('1.1.0'));
  const context = bench.context(await bench.begin('1.1.0'));
  await staging(context, quiet());
  return context;
}

describe('verifying', () => {
  it('ends with the record of the tree', async () => {
    await verifying(await staged(), quiet());
    const record: unknown = JSON.parse((await bench.see(join(TREE, '.pikit/tree.json'))) ?? '');
    expect(record).toMatchObject({ version: '1.1.0', files: { length: 5 } });
  });

  it.each([
    ['the medium', true, 'read 5 files back from the medium'],
    ['the cache', false, "read 0 files back from the medium, 5 from the kernel's cache"],
  ])('says that it read from %s', async (_where, fromMedium, line) => {
    const context = await staged();
    const readBack = async (path: string) => ({ ...(await bench.disk.hash(path)), fromMedium });
    await verifying({ ...context, disk: { ...bench.disk, readBack } }, quiet());
    expect(bench.log.lines.join()).toContain(line);
  });

  it.each([
    ['changed', 'pikit-web/index.html', 'hash-mismatch'],
    ['extra', 'pikit-web/extra.js', 'file-unexpected'],
  ] as const)('refuses a file that is %s after writing', async (_what, path, code) => {
    const context = await staged();
    await bench.put(`${TREE}/${path}`, 'something else');
    await expectCode(verifying(context, quiet()), code);
  });

  it('refuses a tree with a file missing', async () => {
    const context = await staged();
    await bench.disk.remove(`${TREE}/pikit-api.py`);
    await expectCode(verifying(context, quiet()), 'file-missing');
  });

  it('refuses a file with another mode', async () => {
    const context = await staged();
    await chmod(bench.host(`${TREE}/pikit-api.py`), 0o644);
    await expectCode(verifying(context, quiet()), 'hash-mismatch');
  });
});

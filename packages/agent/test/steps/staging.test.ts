/** Building the new tree beside the running one: what is refused, what is kept, what is fetched twice (nothing). */
import { readdir, stat } from 'node:fs/promises';
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

async function begun() {
  await bench.publish(aRelease('1.1.0'));
  return bench.context(await bench.begin('1.1.0'));
}

async function staged() {
  const context = await begun();
  await staging(context, quiet());
  return context;
}

describe('staging', () => {
  it('writes each file with its content and mode, and nothing outside the staging directory', async () => {
    const context = await begun();
    await staging(context, quiet());
    expect(await bench.see(`${TREE}/pikit-web/index.html`)).toBe('<h1>1.1.0</h1>');
    expect((await stat(bench.host(`${TREE}/pikit-api.py`))).mode & 0o777).toBe(0o755);
    expect((await stat(bench.host(`${TREE}/pikit-web/index.html`))).mode & 0o777).toBe(0o644);
    expect(await readdir(bench.root)).toEqual(['media', 'var']);
    expect(context.record().bytesFetched).toBeGreaterThan(0);
  });

  it('reports bytes and files', async () => {
    const context = await begun();
    await staging(context, quiet());
    expect(context.reports.at(-1)).toMatchObject({ filesDone: 5, filesTotal: 5 });
  });

  it('run again keeps what is whole and does not fetch the bundle again', async () => {
    const context = await begun();
    await staging(context, quiet());
    const fetched = context.record().bytesFetched;
    await bench.put(`${TREE}/pikit-web/index.html`, 'torn');
    await staging(context, quiet());
    expect(await bench.see(`${TREE}/pikit-web/index.html`)).toBe('<h1>1.1.0</h1>');
    expect(context.record().bytesFetched).toBe(fetched);
  });

  it('stops when it is cancelled', async () => {
    const context = await begun();
    const abort = new AbortController();
    abort.abort(new Error('enough'));
    await expect(staging(context, abort.signal)).rejects.toThrow('enough');
  });
});

describe('verifying', () => {
  it('ends with the record of the tree', async () => {
    await verifying(await staged(), quiet());
    const record: unknown = JSON.parse((await bench.see(join(TREE, '.pikit/tree.json'))) ?? '');
    expect(record).toMatchObject({ version: '1.1.0', files: { length: 5 } });
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
    await bench.disk.chmod(`${TREE}/pikit-api.py`, 0o644);
    await expectCode(verifying(context, quiet()), 'hash-mismatch');
  });
});

/** Building the new tree beside the running one: what is refused, what is kept, what is fetched twice (nothing). */
import { readdir, stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { staging } from '../../src/steps/staging.ts';
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

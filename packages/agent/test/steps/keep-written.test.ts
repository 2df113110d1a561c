/** A dashboard that goes on writing while its directory becomes a link. */
import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asidePath, keptPath, STAGING } from '../../src/core/layout.ts';
import { steps } from '../../src/steps/all.ts';
import { keepWritten } from '../../src/steps/keep-written.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

const PAGE = '/var/www/pikit-web';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await prepare();
});
afterEach(() => bench.close());

async function prepare(): Promise<void> {
  await bench.put(`${PAGE}/index.html`, 'old page');
  await bench.put(`${PAGE}/data/readings.json`, '[1]');
  await bench.publish(aRelease('1.1.0'));
}

/** After the copy, and before the directory makes way. */
async function writing(what: Readonly<Record<string, string>>): Promise<void> {
  const copy = bench.disk.copy.bind(bench.disk);
  bench.disk.copy = async (from, to) => {
    await copy(from, to);
    if (!to.startsWith(STAGING)) return;
    for (const [path, content] of Object.entries(what)) await bench.put(`${PAGE}/${path}`, content);
  };
}
const kept = (id: string | undefined): string => keptPath(PAGE, String(id) as never);

describe('keepWritten', () => {
  it.each(['committed', 'rolled-back'] as const)(
    'keeps just what was written, in an update that ends %s',
    async (outcome) => {
      await writing({ 'data/readings.json': '[1,2]', 'data/new.json': '[3]' });
      if (outcome === 'rolled-back') bench.prober.refuses.add('1.1.0');
      const result = await bench.apply('1.1.0');
      expect(result?.outcome).toBe(outcome);
      const place = kept(result?.id);
      expect(await bench.see(`${place}/data/readings.json`)).toBe('[1,2]');
      expect(await bench.see(`${place}/data/new.json`)).toBe('[3]');
      expect(await readdir(bench.host(place))).toEqual(['data']);
      expect(await bench.disk.lstat(asidePath(PAGE))).toBeUndefined();
      expect(bench.log.lines.join('\n')).toContain(`2 files in ${PAGE}, such as data/new.json`);
    },
  );

  it('keeps nothing where nobody wrote', async () => {
    const result = await bench.apply('1.1.0');
    expect(result?.outcome).toBe('committed');
    expect(await readdir(bench.host('/var/www'))).toEqual(['pikit-web']);
  });

  it('goes on with the rest where it was cut off', async () => {
    const table: typeof steps = {
      ...steps,
      'cleaning-up': async (context, signal) => {
        const rename = context.disk.rename.bind(context.disk);
        context.disk.rename = async (from, to) => {
          await rename(from, to);
          throw new Error('cut off');
        };
        await expect(keepWritten(context)).rejects.toThrow('cut off');
        context.disk.rename = rename;
        await steps['cleaning-up'](context, signal);
      },
    };
    await bench.close();
    bench = await createWorkbench({}, table);
    await prepare();
    await writing({ 'data/readings.json': '[1,2]', 'data/new.json': '[3]' });
    const place = kept((await bench.apply('1.1.0'))?.id);
    expect(await bench.see(`${place}/data/readings.json`)).toBe('[1,2]');
    expect(await bench.see(`${place}/data/new.json`)).toBe('[3]');
  });
});

/** From the staged tree to the switched device; run again at any point it arrives at the same place. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { activating } from '../../src/steps/activating.ts';
import { staging } from '../../src/steps/staging.ts';
import { currentTree } from '../../src/steps/trees.ts';
import { verifying } from '../../src/steps/verifying.ts';
import { aRelease, createWorkbench, quiet, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.put('/var/www/pikit-web/index.html', 'old page');
  await bench.publish(aRelease('1.1.0'));
});
afterEach(() => bench.close());

async function staged() {
  const context = bench.context(await bench.begin('1.1.0'));
  await staging(context, quiet());
  await verifying(context, quiet());
  return context;
}

describe('activating', () => {
  it('run twice gives the same device and the same way back', async () => {
    const context = await staged();
    await activating(context, quiet());
    const after = context.record();
    await activating(context, quiet());
    expect(context.record()).toEqual(after);
    expect(after).toMatchObject({ adopted: true, from: { version: 'preexisting' } });
    expect((await currentTree(bench.disk))?.version).toBe('1.1.0');
    expect(await bench.see('/var/www/pikit-web/index.html')).toBe('<h1>1.1.0</h1>');
  });

  it('knows the way back before it touches the first target', async () => {
    const context = await staged();
    const seen: (string | undefined)[] = [];
    const amend: typeof context.amend = async (patch) => {
      await context.amend(patch);
      seen.push(await bench.see('/var/www/pikit-web/index.html'));
      seen.push((await currentTree(bench.disk))?.version);
    };
    await activating({ ...context, amend }, quiet());
    // Once for the units that are stopped, once for the way back.
    expect(seen).toEqual(['old page', undefined, 'old page', undefined]);
  });

  it('names units that the device lacks', async () => {
    await activating(await staged(), quiet());
    expect(bench.log.lines.join('\n')).toContain('pikit-api.service is not on this device');
  });
});

/** A way by a patch: from just what runs, and only where everything can be counted. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findPatchWay } from '../../src/steps/patch-way.ts';
import { aFile, aManifest, aSha256 } from '../support/a-manifest.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
});
afterEach(() => bench.close());

const install = async (form: 'plan' | 'full') => {
  await bench.publish(aRelease('1.0.0', { form }));
  await bench.apply('1.0.0');
  return (await bench.wanted('1.0.0')).manifestSha256;
};
const coming = (from: string, size: number | undefined = 3) =>
  aManifest({
    files: [aFile('a', size === 0 ? {} : { size })],
    patches: [{ from: from as never, name: 'x.patch', size: 77, sha256: aSha256() }],
  });

it('leads from what runs', async () => {
  const way = await findPatchWay(bench.tools, coming(await install('full')));
  expect(way).toMatchObject({ patch: { size: 77 } });
  expect(way?.tree).toMatch(/^\/var\/lib\/pikit\/releases\/1\.0\.0-/);
});

it('is none from another release, from nothing, and where a size is not known', async () => {
  expect(await findPatchWay(bench.tools, coming(aSha256('f')))).toBeUndefined();
  const from = await install('full');
  expect(await findPatchWay(bench.tools, coming(aSha256('f')))).toBeUndefined();
  expect(await findPatchWay(bench.tools, coming(from, 0))).toBeUndefined();
});

it('is none where the sizes of what runs are not known', async () => {
  expect(await findPatchWay(bench.tools, coming(await install('plan')))).toBeUndefined();
});

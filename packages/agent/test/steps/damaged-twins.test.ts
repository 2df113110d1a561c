/** A file changed in place is changed in the release before, too: the log must say so. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { warnOfDamagedTwins } from '../../src/steps/damaged-twins.ts';
import { currentTree, readAllTrees } from '../../src/steps/trees.ts';
import { aFile } from '../support/a-manifest.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

const LOGO = 'pikit-web/assets/logo.svg';
let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  for (const version of ['1.1.0', '1.2.0']) {
    await bench.publish(aRelease(version));
    await bench.apply(version);
  }
});
afterEach(() => bench.close());

async function warningsOf(path: string): Promise<readonly string[]> {
  const trees = await readAllTrees(bench.disk);
  const from = (await currentTree(bench.disk)) ?? null;
  const file = trees.get(from?.name ?? ('' as never))?.files.find((each) => each.path === path);
  if (from === null || file === undefined) throw new Error(`${path} is not installed`);
  const record = { ...(await anyRecord()), from };
  bench.log.lines.length = 0;
  await warnOfDamagedTwins(bench.context(record), trees, [aFile(path, { sha256: file.sha256 })]);
  return bench.log.lines;
}

async function anyRecord() {
  await bench.publish(aRelease('1.3.0'));
  return bench.begin('1.3.0');
}

describe('warnOfDamagedTwins', () => {
  it('names the other release that shares the damaged file, and says nothing of the one that runs', async () => {
    await bench.put(`/var/lib/pikit/current/${LOGO}`, 'rotten');
    const [line, ...more] = await warningsOf(LOGO);
    expect(line).toMatch(
      /^warning: a roll-back would bring back damage: 1 file of 1\.1\.0-[0-9a-f]{8}, such as /,
    );
    expect(line).toContain(LOGO);
    expect(more).toEqual([]);
  });

  it('says nothing when the other release is whole', async () => {
    await bench.put('/var/lib/pikit/current/pikit-web/index.html', 'rotten');
    expect(await warningsOf('pikit-web/index.html')).toEqual([]);
  });
});

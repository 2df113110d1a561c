/** Reading what is installed: names of ours only, and a damaged record is never believed. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { isTreeName } from '../../src/core/layout.ts';
import {
  currentTree,
  listTrees,
  readAllTrees,
  readTree,
  refOfLink,
} from '../../src/steps/trees.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.publish(aRelease('1.1.0'));
  await bench.apply('1.1.0');
});
afterEach(() => bench.close());

describe('readTree', () => {
  it('throws for a tree whose record is torn, and readAllTrees leaves it out', async () => {
    await bench.put('/var/lib/pikit/releases/9.9.9-00000000/.pikit/tree.json', '{"format":1,');
    const name = '9.9.9-00000000';
    if (!isTreeName(name)) throw new Error('not a tree name');
    await expectCode(readTree(bench.disk, name), 'state-damaged');
    expect([...(await readAllTrees(bench.disk)).keys()]).toEqual([
      (await currentTree(bench.disk))?.name,
    ]);
  });
});

describe('listTrees', () => {
  it('lists only names of ours', async () => {
    await bench.put('/var/lib/pikit/releases/lost+found/x', '');
    expect(await listTrees(bench.disk)).toHaveLength(1);
  });
});

describe('refOfLink', () => {
  it.each([
    ['/var/lib/pikit/releases/1.2.0-rc.1-0123abcd', '1.2.0-rc.1'],
    ['/var/lib/pikit/releases/preexisting-0123abcd', 'preexisting'],
    ['/somewhere/else', undefined],
    ['/tmp/1.2.0-0123abcd', undefined],
    ['/var/lib/pikit/releases/x/1.2.0-0123abcd', undefined],
    [undefined, undefined],
  ])('of %s is %s', (link, version) => {
    expect(refOfLink(link)?.version).toBe(version);
  });
});

/** Manifest and record of a tree: which of the two can be believed, and what is known when one cannot. */
import { chmod, mkdir, rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { treePath, type TreeName } from '../../src/core/layout.ts';
import { readOwnFiles } from '../../src/steps/own-files.ts';
import { currentTree } from '../../src/steps/trees.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

const RECORD = '.pikit/tree.json';
const MANIFEST = '.pikit/manifest.json';

let bench: Workbench;
let name: TreeName;
const place = (file: string) => `${treePath(name)}/${file}`;
const running = async () => {
  const tree = await currentTree(bench.disk);
  if (tree === undefined) throw new Error('nothing runs');
  return tree.name;
};
const edit = async (file: string, from: string, to: string) =>
  bench.put(place(file), ((await bench.see(place(file))) ?? '').replace(from, to));

beforeEach(async () => {
  bench = await createWorkbench();
  await bench.put('/var/www/pikit-web/index.html', 'old page');
  await bench.put('/etc/pikit/version', '1.0.0\n');
  await bench.publish(aRelease('1.1.0'));
  await bench.apply('1.1.0');
  name = await running();
});
afterEach(() => bench.close());

describe('readOwnFiles of a release', () => {
  it('believes both when they agree with each other and with the name', async () => {
    const { record, manifest, findings } = await readOwnFiles(bench.disk, name);
    expect(findings).toEqual([]);
    expect(manifest?.version).toBe('1.1.0');
    expect(record?.files).toHaveLength(5);
  });

  it.each([
    ['torn', async () => bench.put(place(RECORD), '{"format":1,'), 'changed'],
    ['empty', async () => bench.put(place(RECORD), ''), 'changed'],
    ['rotten in one digit', async () => edit(RECORD, '"sha256":"', '"sha256":"0'), 'changed'],
    ['rotten in one name', async () => edit(RECORD, 'pikit-api.py', 'pikit-api.pz'), 'changed'],
    ['gone', async () => rm(bench.host(place(RECORD))), 'missing'],
    ['too large', async () => bench.put(place(RECORD), ' '.repeat(17_000_000)), 'changed'],
  ])('makes the record up from the manifest when it is %s', async (_what, harm, problem) => {
    const before = await readOwnFiles(bench.disk, name);
    await harm();
    const { record, manifest, findings } = await readOwnFiles(bench.disk, name);
    expect(findings).toEqual([{ path: RECORD, problem }]);
    expect(manifest).toEqual(before.manifest);
    const known = (files = record?.files ?? []) =>
      files.map(({ path, sha256, mode, size }) => [path, sha256, mode, size].join()).toSorted();
    expect(known()).toEqual(known([...(before.record?.files ?? [])]));
  });

  it('that was made up takes a mode which only the archive knew from what stands there', async () => {
    await rm(bench.host(place(RECORD)));
    await chmod(bench.host(place('pikit-web/index.html')), 0o600);
    const { record } = await readOwnFiles(bench.disk, name);
    const page = record?.files.find(({ path }) => path === 'pikit-web/index.html');
    expect(page?.mode).toBe(0o600);
  });

  it.each([
    ['changed', async () => edit(MANIFEST, '"1.1.0"', '"1.1.0" '), 'changed'],
    ['gone', async () => rm(bench.host(place(MANIFEST))), 'missing'],
  ])('goes by the record when the manifest is %s', async (_what, harm, problem) => {
    await harm();
    const { record, manifest, findings } = await readOwnFiles(bench.disk, name);
    expect(findings).toEqual([{ path: MANIFEST, problem }]);
    expect(manifest).toBeUndefined();
    expect(record?.files).toHaveLength(5);
  });

  it('knows nothing when both are damaged, even when one became a directory', async () => {
    await bench.put(place(MANIFEST), '{}');
    await rm(bench.host(place(RECORD)));
    await mkdir(bench.host(place(RECORD)));
    expect(await readOwnFiles(bench.disk, name)).toEqual({
      record: undefined,
      manifest: undefined,
      findings: [
        { path: MANIFEST, problem: 'changed' },
        { path: RECORD, problem: 'changed' },
      ],
    });
  });
});

describe('readOwnFiles of adopted files', () => {
  beforeEach(async () => {
    await bench.rollback();
    name = await running();
  });

  it('needs no manifest', async () => {
    expect(name).toMatch(/^1\.0\.0-/);
    const { record, manifest, findings } = await readOwnFiles(bench.disk, name);
    expect({ adopted: record?.adopted, manifest, findings }).toEqual({
      adopted: true,
      manifest: undefined,
      findings: [],
    });
  });

  it('notices that the record is not the one that gave the tree its name', async () => {
    await edit(RECORD, 'index.html', 'index.htm');
    const { record, findings } = await readOwnFiles(bench.disk, name);
    expect(findings).toEqual([{ path: RECORD, problem: 'changed' }]);
    expect(record?.adopted).toBe(true);
  });
});

/** Which links of a copied directory would lead somewhere else from there. */
import { mkdir, symlink } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outwardLinks } from '../../src/steps/outward-links.ts';
import { createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
});
afterEach(() => bench.close());

async function found(original: string): Promise<readonly string[]> {
  await bench.disk.makeDirectory('/copies');
  await bench.disk.copy(original, '/copies/one');
  const links: string[] = [];
  for await (const { path, end } of outwardLinks(bench.disk, original, '/copies/one')) {
    links.push(`${path} ${end}`);
  }
  return links;
}

describe('outwardLinks', () => {
  it.each([
    ['../../data/./a//b', ['deep/link /srv/data/a/b']],
    ['../../../../../data', ['deep/link /data']],
    ['../../web-old/a', ['deep/link /srv/web-old/a']],
    ['../../web', []],
    ['../a', []],
    ['b', []],
    ['/srv/data', []],
  ])('where one leads to %s', async (text, expected) => {
    await bench.put('/srv/web/deep/file', 'x');
    await symlink(text, bench.host('/srv/web/deep/link'));
    expect(await found('/srv/web')).toEqual(expected);
  });

  it('counts from where the directory really lies', async () => {
    await mkdir(bench.host('/srv/releases/5'), { recursive: true });
    await symlink('../data', bench.host('/srv/releases/5/data'));
    await symlink('releases/5', bench.host('/srv/web'));
    expect(await found('/srv/web')).toEqual(['data /srv/releases/data']);
  });

  it('are none in a file', async () => {
    await bench.put('/srv/file', 'x');
    expect(await found('/srv/file')).toEqual([]);
  });
});

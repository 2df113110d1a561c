/** Published packages: what is in them becomes the tree, and one that cannot be had is a reason in words. Asks no registry. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withTempDir } from '../support/temp-dir.ts';
import { fetchVersions, readTree } from './packages.ts';

it('reads a tree with all its directories, in the order of the names', () =>
  withTempDir(async (root) => {
    await mkdir(join(root, 'public'));
    await writeFile(join(root, 'public/index.html'), 'page');
    await writeFile(join(root, 'README'), 'words');
    await chmod(join(root, 'README'), 0o755);
    const files = [];
    for await (const file of readTree(root)) files.push(file);
    expect(files).toEqual([
      { path: 'README', content: Buffer.from('words'), isExecutable: true },
      { path: 'public/index.html', content: Buffer.from('page'), isExecutable: false },
    ]);
  }));

it('unpacks what npm packs', () =>
  withTempDir(async (root) => {
    // npm takes directories as it takes names of the registry.
    const versions = ['1.0.0', '1.1.0'] as const;
    for (const version of versions) {
      await mkdir(join(root, `page@${version}`));
      const manifest = JSON.stringify({ name: 'page', version });
      await writeFile(join(root, `page@${version}/package.json`), manifest);
      await writeFile(join(root, `page@${version}/index.html`), version);
    }
    const into = join(root, 'into');
    await mkdir(into);
    const trees = await fetchVersions({ package: join(root, 'page'), versions }, into);
    for (const [index, tree] of trees.entries()) {
      const files = new Map<string, string>();
      for await (const { path, content } of readTree(tree)) files.set(path, content.toString());
      expect(files.get('index.html')).toBe(versions[index]);
    }
  }));

it('says why a package cannot be had', () =>
  withTempDir(async (root) => {
    const place = join(root, 'nowhere');
    const failing = fetchVersions({ package: place, versions: ['1.0.0', '1.1.0'] }, root);
    await expect(failing).rejects.toThrow(/^npm does not get .*nowhere@1\.0\.0$/);
  }));

/**
 * From the packer to the device: what `pikit-release pack --previous` made, the agent follows, and little else crosses the wire.
 * The files are those of a real package, edited as a release edits them.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWorkbench, type Workbench } from '../../packages/agent/test/support/workbench.ts';
import { repositoryRoot } from '../support/repository-root.ts';

const PROGRAM = join(repositoryRoot(), 'deploy/release/dist/pikit-release.mjs');
/** Plain scripts, some 190 of them. */
const PACKAGE = join(repositoryRoot(), 'node_modules/hono/dist/cjs');

let bench: Workbench;
beforeAll(async () => {
  bench = await createWorkbench();
  await mkdir(join(bench.root, 'src'));
  await writeFile(
    join(bench.root, 'src/pikit-release.toml'),
    `changelog = "https://example.org/v{version}"
[[entry]]
from = "dist"
to = "pikit-web"
`,
  );
  await cp(PACKAGE, join(bench.root, 'src/dist'), { recursive: true });
});
afterAll(() => bench.close());

interface Packed {
  readonly bundle: string;
  readonly patches: readonly { readonly size: number | null }[];
}

function pack(version: string, ...more: readonly string[]): Packed {
  const out = join(bench.root, 'media/releases');
  const args = ['pack', '--version', version, '--out', out, '--json', ...more];
  const stdout = execFileSync(PROGRAM, args, { cwd: join(bench.root, 'src'), encoding: 'utf8' });
  return JSON.parse(stdout) as Packed;
}

/** A new line in each tenth script, and a name as a bundler gives it. */
async function edit(): Promise<number> {
  const dist = join(bench.root, 'src/dist');
  const names = (await readdir(dist, { recursive: true })).filter((name) => name.endsWith('.js'));
  const chosen = names.toSorted().filter((_, index) => index % 10 === 0);
  for (const [index, name] of chosen.entries()) {
    const text = await readFile(join(dist, name), 'utf8');
    await writeFile(join(dist, name), `// edited, ${String(index)}\n${text}`);
    await rename(join(dist, name), join(dist, name.replace(/\.js$/, '-Bx71_q0Z.js')));
  }
  return chosen.length;
}

/** Each file with its digest. */
async function contentOf(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const lines = files.map(async ({ parentPath, name }) => {
    const bytes = await readFile(join(parentPath, name));
    const digest = createHash('sha256').update(bytes).digest('hex');
    return `${join(parentPath, name).slice(directory.length)} ${digest}`;
  });
  return (await Promise.all(lines)).toSorted();
}

it('brings a device from release to release in a few kilobytes', async () => {
  pack('1.0.0');
  expect(await bench.apply('1.0.0')).toMatchObject({ outcome: 'committed' });
  const edited = await edit();
  const { bundle, patches } = pack('1.1.0', '--previous', '../media/releases/1.0.0');
  const manifest = await stat(bench.host('/media/releases/1.1.0/manifest.json'));
  const packed = await stat(bench.host('/media/releases/1.1.0/manifest.json.gz'));
  expect(packed.size).toBeLessThan(manifest.size * 0.5);
  const result = await bench.apply('1.1.0');
  expect(result).toMatchObject({ outcome: 'committed', bytesFetched: patches[0]?.size });
  expect(result?.bytesFetched).toBeLessThan((await stat(bundle)).size * 0.03);
  expect(bench.log.lines.join('\n')).toContain(`made ${String(edited)} files`);
  const installed = bench.host('/var/lib/pikit/current/pikit-web');
  expect(await contentOf(installed)).toEqual(await contentOf(join(bench.root, 'src/dist')));
});

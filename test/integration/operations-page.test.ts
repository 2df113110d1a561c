/**
 * The commands of docs/operations.md, block by block in their order, with the built programs on a sandboxed device. Paths of the
 * device become those of the sandbox; systemd is the one of the tests. What is shown as output has the lines of the real one.
 */
import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXIT } from '../../packages/agent/src/cli/exit-codes.ts';
import { createMinisignKey } from '../support/minisign-key.ts';
import { blocksOf } from '../support/page-blocks.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { waitFor } from '../support/wait-for.ts';
import { aPage, openScene, type Scene } from './scene.ts';

const PAGE = join(repositoryRoot(), 'docs/operations.md');
const PROGRAMS = { 'pikit-rpc': 'agent', 'pikit-agent': 'agent', 'pikit-api': 'api' } as const;
const UNITS = ['agent.socket', 'agent-api.socket', 'agent.service', 'api.service'];
const MINUTES_MS = 240_000;
const maintainer = createMinisignKey();

let scene: Scene;
let bin: string;
beforeEach(async () => {
  scene = await openScene();
  const { root, stack } = scene;
  bin = join(root, 'bin');
  await mkdir(bin);
  for (const [name, workspace] of Object.entries(PROGRAMS)) {
    const program = join(repositoryRoot(), 'packages', workspace, 'dist', `${name}.mjs`);
    const where = name === 'pikit-api' ? '' : `--root '${root}'`;
    await writeFile(
      join(bin, name),
      `#!/bin/sh\nexec '${process.execPath}' '${program}' ${where} "$@"\n`,
    );
    await chmod(join(bin, name), 0o755);
  }
  for (const unit of UNITS) {
    await writeFile(join(stack.device.systemd, 'units', `pikit-${unit}`), 'active\n');
  }
  await mkdir(join(root, 'usr/lib/pikit'), { recursive: true });
  const api = join(repositoryRoot(), 'packages/api/dist/pikit-api.mjs');
  await symlink(api, join(root, 'usr/lib/pikit/pikit-api.mjs'));
  await copyFile(join(repositoryRoot(), 'deploy/start'), join(root, 'usr/lib/pikit/start'));
  await writeFile(join(root, 'usr/lib/pikit/version'), '0.1.0\n');
  const { apiToml } = stack.device;
  const port = `port = ${new URL(stack.apiUrl()).port}`;
  await writeFile(apiToml, (await readFile(apiToml, 'utf8')).replace('port = 0', port));
  await mkdir(join(root, 'home'));
  await writeFile(join(root, 'home/pi-kit.pub'), maintainer.publicFile);
});
afterEach(() => scene.close());

async function run(text: string): Promise<string> {
  const { root, stack } = scene;
  const script = text
    .replaceAll(/(?<=\s)\/(etc|var)\//g, `${root}/$1/`)
    .replaceAll(/-C \/(?=\s|$)/g, `-C ${root}`);
  const PATH = `${bin}:${join(repositoryRoot(), 'test/support/bin')}:${process.env['PATH'] ?? ''}`;
  const env = { ...process.env, PATH, PIKIT_FAKE_SYSTEMD: stack.device.systemd };
  const options = { cwd: join(root, 'home'), env, timeout: MINUTES_MS };
  const { stdout } = await promisify(execFile)('sh', ['-euc', script], options);
  return stdout;
}

/** What a block has begun goes on in the background, under the lock. */
async function settled(): Promise<void> {
  await waitFor('the end of it', async () => {
    const { lock } = JSON.parse(await run('pikit-rpc --json agent.inspect')) as { lock: unknown };
    return lock === null;
  });
}

const blocks = async (language: string) =>
  blocksOf(await readFile(PAGE, 'utf8')).filter((block) => block.language === language);

/** The names of the checks in what doctor says, in their order. */
const named = (text: string): readonly string[] => [
  ...new Set(
    text.split('\n').flatMap((line) => /^(?:ok|warning|bad) +(\w+)/.exec(line)?.[1] ?? []),
  ),
];

describe('docs/operations.md', () => {
  it('has commands that do what they say', { timeout: MINUTES_MS }, async () => {
    await scene.publish({ ...aPage('1.1.0'), signer: maintainer });
    let said = '';
    for (const { text, notRun } of await blocks('sh')) {
      if (notRun !== undefined) continue;
      said += await run(text);
      await settled();
    }
    expect(said).toContain('available   1.1.0');
    expect(said).toContain('all well');
    expect(said).toContain('"ok":true');
    expect(said).toContain('1.1.0 was left');
    expect(said).toContain(maintainer.id);
    const { entries } = (await scene.client.get('/api/update/history')).body as {
      readonly entries: readonly { readonly kind: string; readonly outcome: string }[];
    };
    expect(entries.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
      'rollback committed',
      'apply committed',
    ]);
    expect(await scene.see('/var/www/pikit-web/index.html')).toBe('old page');
  });

  it('shows doctor as it is: the same checks in the same order', async () => {
    const [well] = await blocks('text');
    expect(named(await run('pikit-rpc doctor'))).toEqual(named(well?.text ?? ''));
  });

  it('names every exit code', async () => {
    const page = await readFile(PAGE, 'utf8');
    const missing = Object.values(EXIT).filter((code) => !page.includes(`\n| ${String(code)} `));
    expect(missing).toEqual([]);
  });
});

/**
 * `pikit-release publish` as a maintainer runs it, and the real agent that installs what it has published: from a server,
 * and from a directory as it is.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildRelease, type BuiltRelease } from '../support/bundle-builder.ts';
import { createMinisignKey } from '../support/minisign-key.ts';
import { startReleaseServer, type ReleaseServer } from '../support/release-server.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { layDownDevice, type SourceConfig } from '../support/sandbox-root.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait-for.ts';
import { aPage, runProgram } from './scene.ts';

const TOKEN = 'the-token-of-the-maintainer';
const PROGRAM = join(repositoryRoot(), 'deploy/release/dist/pikit-release.mjs');
const signer = createMinisignKey();

let dir: TempDir;
let server: ReleaseServer;
const root = (): string => join(dir.path, 'root');

beforeEach(async () => {
  dir = await makeTempDir();
  server = await startReleaseServer({ token: TOKEN, rootUrl: 'http://localhost:3000' });
});
afterEach(async () => {
  await server.close();
  await dir.remove();
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function publish(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const env = { ...process.env, ...environment };
  return new Promise((resolve) => {
    const all = [PROGRAM, 'publish', ...args];
    const child = execFile(process.execPath, all, { env }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

const toServer = (directory: string): readonly string[] => [
  directory,
  `--server=${server.url}`,
  `--repository=${server.repository}`,
  '--flavor=gitea',
];

const build = (version: string): Promise<BuiltRelease> =>
  buildRelease({ ...aPage(version), form: 'full', signer }, join(dir.path, 'built'));

async function agent(method: string, params: object = {}) {
  const args = ['--root', root(), '--run', method, JSON.stringify(params)];
  const { stdout } = await runProgram('agent/dist/pikit-agent.mjs', args);
  return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
}

async function install({ version, manifestSha256 }: BuiltRelease, source: SourceConfig) {
  await layDownDevice({ root: root(), source, keys: { maintainer: signer.publicFile } }, 0);
  expect(await agent('update.check')).toMatchObject({ offered: { version, manifestSha256 } });
  return agent('update.apply', { version, manifestSha256 });
}

describe('pikit-release publish', () => {
  it('publishes on a server what the agent installs', async () => {
    const built = await build('1.1.0');
    const { code, stdout, stderr } = await publish([...toServer(built.dir), '--json'], {
      PIKIT_RELEASE_TOKEN: TOKEN,
    });
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ version: '1.1.0', published: 'now' });
    expect(stdout).not.toContain(TOKEN);
    const { url, repository } = server;
    const ended = await install(built, { kind: 'gitea', url, repository });
    expect(ended).toMatchObject({ outcome: 'committed', to: '1.1.0' });
    const page = await readFile(join(root(), 'var/www/pikit-web/index.html'), 'utf8');
    expect(page).toBe('page 1.1.0');
  });

  it('publishes into a directory that the agent reads as it is', async () => {
    const target = join(root(), 'media/releases');
    const releases = [await build('1.0.5'), await build('1.1.0')] as const;
    for (const { dir: made } of releases) {
      expect(await publish([made, '--dir', target])).toMatchObject({ code: 0, stderr: '' });
    }
    const ended = await install(releases[1], { kind: 'dir', path: '/media/releases' });
    expect(ended).toMatchObject({ outcome: 'committed', to: '1.1.0' });
  });

  it('ends with 1 and a code when it is refused, with 2 when it was called wrongly', async () => {
    const built = await build('1.1.0');
    const refused = await publish([...toServer(built.dir), '--json'], {
      PIKIT_RELEASE_TOKEN: 'a-wrong-token',
    });
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'source-refused' } });
    expect(refused.stdout + refused.stderr).not.toContain('a-wrong-token');
    const unauthorised = await publish(toServer(built.dir), { PIKIT_RELEASE_TOKEN: '' });
    expect(unauthorised.code).toBe(2);
    const help = await publish(['-h']);
    expect([help.code, help.stderr]).toEqual([0, '']);
    expect(help.stdout).toContain('usage: pikit-release publish DIR');
  });

  it('is carried on after a kill in the middle of an upload', async () => {
    const built = await build('1.1.0');
    server.fault({ method: 'POST', path: /minisig/, times: 1, stall: true });
    const env = { ...process.env, PIKIT_RELEASE_TOKEN: TOKEN };
    const args = [PROGRAM, 'publish', ...toServer(built.dir)];
    const child = spawn(process.execPath, args, { env, stdio: 'ignore' });
    await waitFor('the upload', () => server.requests.some(({ path }) => /minisig/.test(path)));
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(server.releases()).toMatchObject([{ draft: true }]);
    const { code, stdout } = await publish([...toServer(built.dir), '--json'], env);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      uploaded: ['manifest.json.minisig', 'manifest.json'],
    });
    expect(server.releases()).toMatchObject([{ draft: false }]);
  });

  it('needs no more memory for a bundle of 200 MB', async () => {
    const [small, large] = [await peak('1.1.0', 1024), await peak('1.2.0', 200 * 1024 * 1024)];
    expect(large - small).toBeLessThan(100);
  });

  it('says nothing of a reader that has gone, and where its answer cannot be written', async () => {
    const { dir: built } = await build('1.4.0');
    const args = [PROGRAM, 'publish', built, '--dir', join(dir.path, 'www')];
    const endOf = async (stdout: 'pipe' | number): Promise<readonly unknown[]> => {
      const child = spawn(process.execPath, args, { stdio: ['ignore', stdout, 'pipe'] });
      child.stdout?.destroy();
      const said: string[] = [];
      child.stderr?.setEncoding('utf8').on('data', (piece: string) => said.push(piece));
      const [code] = (await once(child, 'close')) as [number];
      return [code, said.join('')];
    };
    expect(await endOf('pipe')).toEqual([0, '']);
    const full = await open('/dev/full', 'w');
    try {
      expect(await endOf(full.fd)).toEqual([1, 'pikit-release: stdout: ENOSPC\n']);
    } finally {
      await full.close();
    }
  });
});

/** Of the program's memory, in MiB, while it publishes a bundle of so many bytes. */
async function peak(version: string, bytes: number): Promise<number> {
  const built = await build(version);
  await replaceBundle(built, bytes);
  const [report, hook] = [join(dir.path, `peak-${version}`), join(dir.path, 'peak.mjs')];
  const write = `writeFileSync(${JSON.stringify(report)}, String(process.resourceUsage().maxRSS))`;
  await writeFile(
    hook,
    `import { writeFileSync } from 'node:fs';\nprocess.on('exit', () => ${write});\n`,
  );
  const environment = { PIKIT_RELEASE_TOKEN: TOKEN, NODE_OPTIONS: `--import ${hook}` };
  const { code, stderr } = await publish(toServer(built.dir), environment);
  expect([code, stderr]).toEqual([0, '']);
  return Number(await readFile(report, 'utf8')) / 1024;
}

/** Any bytes will do: whether it is a bundle is not the publisher's question. */
async function replaceBundle(built: BuiltRelease, bytes: number): Promise<void> {
  await (await open(built.bundle, 'w')).close();
  await truncate(built.bundle, bytes);
  const manifest = JSON.parse(await readFile(built.manifest, 'utf8')) as Record<string, unknown>;
  delete manifest['bundle'];
  await writeFile(built.manifest, JSON.stringify(manifest));
  await writeFile(`${built.manifest}.minisig`, signer.sign(await readFile(built.manifest)));
}

/**
 * The real agent with each kind of source that is asked over the network, and with several of them: the first that works speaks,
 * and what breaks off there is gone on with at another one that has the same release.
 */
import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildRelease, type BuiltRelease } from '../support/bundle-builder.ts';
import { startGithubServer } from '../support/github-server.ts';
import { createMinisignKey } from '../support/minisign-key.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { layDownDevice, type Device, type SourceConfig } from '../support/sandbox-root.ts';
import { startStaticServer, type StaticServer } from '../support/static-server.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';
import { aPage, runProgram } from './scene.ts';

const PROGRAM = join(repositoryRoot(), 'deploy/release/dist/pikit-release.mjs');
const NOBODY: SourceConfig = { kind: 'static', url: 'http://127.0.0.1:1' };
const signer = createMinisignKey();

let dir: TempDir;
let device: Device;
const servers: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  dir = await makeTempDir();
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  await dir.remove();
});

/** Seekable, and with a file that no compression makes small. */
function build(version: string): Promise<BuiltRelease> {
  const { files } = aPage(version);
  const logo = randomBytes(20_000);
  const recipe = { version, files: { ...files, 'pikit-web/logo.png': logo } };
  return buildRelease({ ...recipe, form: 'seekable', signer }, join(dir.path, 'built'));
}

/** A web server over a directory into which the release was published. */
async function webWith(name: string, ...releases: readonly BuiltRelease[]): Promise<StaticServer> {
  const target = join(dir.path, name);
  for (const { dir: built } of releases) {
    const args = [PROGRAM, 'publish', built, '--dir', target];
    await promisify(execFile)(process.execPath, args);
  }
  const server = await startStaticServer(target);
  servers.push(server);
  return server;
}

const at = ({ url }: StaticServer): SourceConfig => ({ kind: 'static', url });

async function layDown(source: SourceConfig | readonly SourceConfig[]): Promise<void> {
  const root = join(dir.path, 'root');
  const installed = { version: '1.0.0', files: aPage('1.0.0').files };
  const keys = { maintainer: signer.publicFile };
  device = await layDownDevice({ root, source, installed, keys }, 0);
}

async function agent(method: string, params: object = {}) {
  const args = ['--root', device.root, '--run', method, JSON.stringify(params)];
  const { stdout, stderr } = await runProgram('agent/dist/pikit-agent.mjs', args, device.systemd);
  return { answer: JSON.parse(stdout) as Readonly<Record<string, unknown>>, said: stderr };
}

/** Answers with what the agent has said meanwhile. */
async function install({ version, manifestSha256 }: BuiltRelease): Promise<string> {
  const check = await agent('update.check');
  expect(check.answer).toMatchObject({ offered: { version, manifestSha256 } });
  const apply = await agent('update.apply', { version, manifestSha256 });
  expect(apply.answer).toMatchObject({ outcome: 'committed', to: version });
  const page = await readFile(join(device.root, 'var/www/pikit-web/index.html'), 'utf8');
  expect(page).toBe(`page ${version}`);
  return check.said + apply.said;
}

describe('the agent', () => {
  it('installs from a plain web server what was published into its directory', async () => {
    const built = await build('1.1.0');
    const server = await webWith('www', built);
    await layDown(at(server));
    await install(built);
    expect(server.requests.every((line) => !line.includes('+token'))).toBe(true);
    // The check: an index, a signature and a manifest.
    expect(server.requests.slice(0, 3)).toEqual([
      'GET /releases.json',
      'GET /1.1.0/manifest.json.minisig',
      'GET /1.1.0/manifest.json',
    ]);
  });

  it('fetches the manifest packed where that was published', async () => {
    const built = await build('1.1.0');
    const packed = gzipSync(await readFile(built.manifest));
    await writeFile(join(built.dir, 'manifest.json.gz'), packed);
    const server = await webWith('www', built);
    await layDown(at(server));
    await install(built);
    expect(server.requests).toContain('GET /1.1.0/manifest.json.gz');
    expect(server.requests).not.toContain('GET /1.1.0/manifest.json');
  });

  it('installs from GitHub', async () => {
    const built = await build('1.1.0');
    const server = await startGithubServer();
    servers.push(server);
    const { url, repository, store } = server;
    store.add({ version: '1.2.0', assets: built.assets, draft: true });
    store.add({ version: '1.1.0', assets: built.assets });
    await layDown({ kind: 'github', url, repository });
    await install(built);
    // A list for the check and one for the update; files cost nothing of what the API grants.
    expect(server.requests.filter((line) => line.includes('api:'))).toHaveLength(2);
  });

  it('passes over a source that is dead, and tells an operator', async () => {
    const built = await build('1.1.0');
    await layDown([NOBODY, at(await webWith('www', built))]);
    expect(await install(built)).toContain('source http://127.0.0.1:1 is passed over: offline');
    expect(await readFile(device.updaterToml, 'utf8')).toContain('[[source]]');
  });

  it('goes on at another source when the first breaks off midway', async () => {
    const built = await build('1.1.0');
    const [first, second] = [await webWith('first', built), await webWith('second', built)];
    first.fault({ path: /tar\.gz$/, cutAfterBytes: 5000, times: 1 });
    first.fault({ path: /tar\.gz$/, after: 1, status: 410 });
    await layDown([at(first), at(second)]);
    expect(await install(built)).toContain(`source ${first.url} is passed over: source-refused`);
    // Nothing was asked of the second before, and of the bundle only the rest.
    expect(second.requests).toEqual([
      'GET /releases.json',
      'GET /1.1.0/manifest.json',
      'GET /1.1.0/pikit-1.1.0.tar.gz',
    ]);
  });

  it('takes no bytes from a source with another release of the same version', async () => {
    const second = await webWith('second', await build('1.1.0'));
    const built = await build('1.1.0');
    const [first, third] = [await webWith('first', built), await webWith('third', built)];
    first.fault({ path: /tar\.gz$/, status: 410 });
    await layDown([at(first), at(second), at(third)]);
    expect(await install(built)).toContain(`source ${second.url} is passed over: manifest-changed`);
    expect(second.requests.filter((line) => line.endsWith('tar.gz'))).toEqual([]);
  });

  it('notices when a later source shows less than an earlier one did', async () => {
    const [old, built] = [await build('1.0.5'), await build('1.1.0')];
    const [first, stale] = [await webWith('first', built), await webWith('stale', old)];
    await layDown([at(first), at(stale)]);
    await agent('update.check');
    await first.close();
    const { answer } = await agent('update.check');
    expect(answer).toMatchObject({ error: { code: 'source-outdated' } });
  });
});

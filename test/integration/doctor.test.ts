/** `pikit-rpc doctor` on devices that are well, ill and dead: the built programs on a sandboxed device. */
import { appendFile, chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMinisignKey } from '../support/minisign-key.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { aPage, openScene, runProgram, type Scene } from './scene.ts';

const maintainer = createMinisignKey();

interface Check {
  readonly check: string;
  readonly level: string;
  readonly found: string;
  readonly advice: string | null;
}

let scene: Scene;
beforeEach(async () => {
  scene = await openScene({ keys: { maintainer: maintainer.publicFile } });
  // As the package lays it down, for the check of its configuration.
  const place = join(scene.root, 'usr/lib/pikit');
  await mkdir(place, { recursive: true });
  const api = join(repositoryRoot(), 'packages/api/dist/pikit-api.mjs');
  await symlink(api, join(place, 'pikit-api.mjs'));
  await writeFile(join(scene.stack.device.systemd, 'synchronised'), '');
  // The sandbox lets the api take any port, and a device says which.
  const { apiToml } = scene.stack.device;
  const port = `port = ${new URL(scene.stack.apiUrl()).port}`;
  await writeFile(apiToml, (await readFile(apiToml, 'utf8')).replace('port = 0', port));
});
afterEach(() => scene.close());

const doctor = (...args: string[]) =>
  runProgram(
    'agent/dist/pikit-rpc.mjs',
    ['--root', scene.root, 'doctor', ...args],
    scene.stack.device.systemd,
  );

async function checks(...args: string[]) {
  const { code, stdout } = await doctor('--json', ...args);
  const { ok, checks: all } = JSON.parse(stdout) as { ok: boolean; checks: readonly Check[] };
  const of = (level: string, check: string): readonly Check[] =>
    all.filter((one) => one.level === level && one.check === check);
  return { code, ok, all, of, bad: all.filter(({ level }) => level === 'bad') };
}

async function install(version: string): Promise<void> {
  const { manifestSha256 } = await scene.publish({ ...aPage(version), signer: maintainer });
  await scene.client.carryOut('/api/update/apply', { version, manifestSha256 });
}

describe('pikit-rpc doctor', () => {
  it('finds nothing bad on a device that is well, and exits 0', async () => {
    await install('1.1.0');
    const { code, stdout, stderr } = await doctor('--ask', '--audit');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('all well');
    const found = await checks();
    expect(found).toMatchObject({ code: 0, ok: true, bad: [] });
    expect(found.of('ok', 'agent')[0]?.found).toMatch(/answered in \d+ ms/);
    expect(found.of('ok', 'sockets')).toHaveLength(2);
    expect(found.of('ok', 'config')).toHaveLength(2);
    expect(found.of('ok', 'audit')[0]?.found).toMatch(/all files are whole/);
    expect(found.of('ok', 'source')).toHaveLength(1);
    expect(found.of('ok', 'api')).toHaveLength(1);
    expect(found.of('ok', 'keys')[0]?.found).toMatch(/^[0-9A-F]{16}$/);
  });

  it('goes on by reading when the agent is dead, and says so', async () => {
    await install('1.1.0');
    await scene.stack.stopAgent();
    const found = await checks();
    expect(found).toMatchObject({ code: 1, ok: false });
    expect(found.of('bad', 'agent')[0]?.found).toMatch(/does not answer/);
    expect(found.of('ok', 'release')[0]?.found).toContain('1.1.0');
    expect(found.of('ok', 'config')).toHaveLength(2);
  });

  it('names what is wrong with configuration, keys and what others may write', async () => {
    const { updaterToml } = scene.stack.device;
    await appendFile(updaterToml, '\nchanel = "beta"\n');
    await chmod(updaterToml, 0o666);
    await writeFile(join(scene.root, 'etc/pikit/keys/other.pub'), 'no key\n');
    await chmod(join(scene.root, 'etc/pikit/keys/maintainer.pub'), 0o666);
    const found = await checks();
    expect(found.of('bad', 'config')[0]?.found).toContain('chanel: unknown key');
    expect(found.of('bad', 'files')[0]?.found).toContain('/etc/pikit/updater.toml has mode 0666');
    const keys = found.of('bad', 'keys').map(({ found: words }) => words);
    expect(keys.join('\n')).toContain('maintainer.pub can be changed by others');
    expect(keys.join('\n')).toContain('other.pub is no public key');
  });

  it('asks the source only when it is told to, and says why it does not answer', async () => {
    expect((await checks()).of('warning', 'source')[0]?.found).toBe('never asked yet');
    scene.server.fault({ status: 500 });
    const found = await checks('--ask');
    expect(found.code).toBe(1);
    expect(found.of('bad', 'source')[0]?.found).toContain('source-refused');
  });

  it('sees what an audit finds and what lies about', async () => {
    await install('1.1.0');
    await writeFile(join(scene.root, 'var/www/pikit-web/index.html'), 'something else');
    await writeFile(join(scene.root, 'var/lib/pikit-update/settings.json.damaged'), 'x');
    const found = await checks('--audit');
    const advice = `pikit-rpc --root ${scene.root} update.repair`;
    expect(found.of('bad', 'audit')[0]).toMatchObject({ advice });
    expect(found.of('warning', 'leftovers')[0]?.found).toContain('settings.json.damaged');
  });

  it('names a release that is gone, a unit that failed and an api that is away', async () => {
    await install('1.1.0');
    await writeFile(join(scene.stack.device.systemd, 'units/nginx.service'), 'failed\n');
    await scene.stack.stopApi();
    await rm(join(scene.root, 'var/lib/pikit/releases'), { recursive: true });
    const found = await checks();
    expect(found.of('bad', 'release')[0]?.found).toContain('which is gone');
    expect(found.of('bad', 'units')[0]?.found).toContain('nginx.service has failed');
    expect(found.of('bad', 'api')[0]?.found).toContain('ECONNREFUSED');
  });

  it('never prints what is secret', async () => {
    const { stdout } = await doctor();
    expect(stdout).not.toContain(maintainer.publicFile.trim().split('\n').at(-1));
    expect((await doctor('{}')).code).toBe(2);
  });
});

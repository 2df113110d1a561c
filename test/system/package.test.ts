/**
 * The Debian package on a booted Debian 13, by apt: what runs after the installation, what an upgrade keeps, and what is left
 * when it is removed and purged.
 */
import { execFile } from 'node:child_process';
import { appendFile, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait-for.ts';
import { reasonAgainstBooting } from './support/debian-root.ts';
import { createMachine, type Machine } from './support/machine.ts';
import {
  beginDashboard,
  CONFIG,
  DEVICE,
  EDITED,
  expectForgottenSnippetToDoNoHarm,
  expectRunning,
  layDashboard,
  look,
  make,
  nameSnippet,
  page,
  PAGE,
  see,
  status,
  updateDashboard,
} from './support/product.ts';
import { put } from './support/updater-device.ts';

const reason = reasonAgainstBooting();
const NOTE = reason === undefined ? '' : ` (skipped: ${reason})`;
const PASSWORD = '/var/lib/pikit-api/password';
const SLOW_GUARD = '/etc/systemd/system/pikit-guard.service.d/slow.conf';
const GUARD = '/var/lib/pikit-update/guard';
/** What an update or its guard has under way. */
const UNFINISHED = /\/pikit-update\/(?:guard|journal)|\/var\/www\/\./;

let temp: TempDir;
let machine: Machine;
let before: readonly string[];

const apt = (...args: readonly string[]) =>
  machine.run(
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '--yes',
    '--no-install-recommends',
    '-o',
    'Dpkg::Options::=--force-confold',
    ...args,
  );

async function mustApt(...args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await apt(...args);
  expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' });
}

const isActive = async (unit: string) =>
  (await machine.run('systemctl', 'is-active', unit)).stdout.trim();

const install = (version: string) => mustApt('install', `/root/pikit_${version}_all.deb`);

/** The same product as a later version, with other defaults. */
async function repack(deb: string, version: string, to: string): Promise<void> {
  const run = promisify(execFile);
  const tree = join(temp.path, 'repacked');
  await run('dpkg-deb', ['-R', deb, tree]);
  const control = join(tree, 'DEBIAN/control');
  const text = await readFile(control, 'utf8');
  await writeFile(control, text.replace(/^Version: .*$/m, `Version: ${version}`));
  for (const name of ['updater.toml', 'api.toml']) {
    await appendFile(join(tree, 'etc/pikit', name), '# new in this version\n');
  }
  await run('dpkg-deb', ['--root-owner-group', '-b', tree, to]);
}

describe.skipIf(reason !== undefined)(`the Debian package${NOTE}`, () => {
  beforeAll(async () => {
    temp = await makeTempDir('/var/tmp');
    machine = await createMachine(DEVICE);
    await make('deb', temp.path);
    const deb = join(temp.path, 'pikit_0.1.0_all.deb');
    await mkdir(join(machine.root, 'root'), { recursive: true });
    await copyFile(deb, join(machine.root, 'root/pikit_0.1.0_all.deb'));
    await repack(deb, '0.1.1', join(machine.root, 'root/pikit_0.1.1_all.deb'));
    await layDashboard(machine);
    await machine.boot();
    before = look(machine);
  });
  afterAll(async () => {
    await machine.remove();
    await temp.remove();
  });

  it('is refused where a unit of another program has the name of one of ours', async () => {
    const unit = '/etc/systemd/system/pikit-api.service';
    await put(machine, unit, '[Unit]\nDescription=The dashboard\n');
    const { code, stdout, stderr } = await apt('install', '/root/pikit_0.1.0_all.deb');
    expect({ isRefused: code !== 0, said: stdout + stderr }).toEqual({
      isRefused: true,
      said: expect.stringContaining(`${unit} is of another program`) as unknown,
    });
    await rm(join(machine.root, unit));
    await mustApt('purge', 'pikit');
    expect(look(machine)).toEqual(before);
  });

  it('runs as soon as it is installed', async () => {
    await install('0.1.0');
    await expectRunning(machine);
    expect(await status(machine)).toMatchObject({ current: null });
    expect(await machine.must('journalctl', '-u', 'pikit-api', '-g', 'set-up code')).not.toBe('');
    expect(await machine.must('pikit-agent', '--version')).toBe('0.1.0');
  });

  it('updates a dashboard', async () => {
    await put(machine, CONFIG, EDITED);
    await machine.run('systemctl', 'stop', 'pikit-agent.service');
    await updateDashboard(machine, '1.1.0');
    expect(await page(machine)).toBe('page 1.1.0');
    expect(await machine.must('readlink', PAGE)).toBe('/var/lib/pikit/current/pikit-web');
  });

  it('is upgraded with settings, state and the owner’s choices kept', async () => {
    await machine.must('sh', '-c', 'echo a long password | pikit-api set-password');
    const password = see(machine, PASSWORD);
    await machine.must('systemctl', '--quiet', 'disable', '--now', 'pikit-update.timer');
    const pids = async () =>
      (await machine.must('systemctl', 'show', '-P', 'MainPID', 'pikit-api', 'nginx')).split(
        '\n\n',
      );
    const [api, nginx] = await pids();
    await install('0.1.1');
    expect(await machine.must('dpkg-query', '-Wf', '${Version}', 'pikit')).toBe('0.1.1');
    expect(see(machine, CONFIG)).toBe(EDITED);
    expect(see(machine, '/etc/pikit/api.toml')).toContain('# new in this version');
    expect(see(machine, PASSWORD)).toBe(password);
    expect(await status(machine)).toMatchObject({ current: '1.1.0' });
    expect(await isActive('pikit-update.timer')).toBe('inactive');
    const [apiNow, nginxNow] = await pids();
    expect({ isNew: api !== apiNow, nginx: nginxNow }).toEqual({ isNew: true, nginx });
    await machine.must('systemctl', '--quiet', 'enable', '--now', 'pikit-update.timer');
    await expectRunning(machine);
  });

  it('stays when the dashboard cannot be left as plain files', async () => {
    await put(machine, CONFIG, 'no settings');
    const { code, stdout, stderr } = await apt('remove', 'pikit');
    expect({ isRefused: code !== 0, said: stdout + stderr }).toEqual({
      isRefused: true,
      said: expect.stringContaining('could not be left as plain files') as unknown,
    });
    await put(machine, CONFIG, EDITED);
    await expectRunning(machine);
    expect(await page(machine)).toBe('page 1.1.0');
  });

  it('is removed in the middle of a guarded update with its settings and state kept, and the dashboard in plain files', async () => {
    await put(machine, CONFIG, EDITED.replace('127.0.0.1/', '127.0.0.1:9/'));
    await machine.run('systemctl', 'stop', 'pikit-agent.service');
    await beginDashboard(machine, '1.2.0');
    const isProbing = async () => (await status(machine)).transaction?.phase === 'probing';
    await waitFor('the probes, which nobody answers', isProbing);
    expect(look(machine)).toContain(GUARD);
    expect(await isActive('pikit-guard.timer')).toBe('active');
    // One of its looks is under way just then.
    await put(machine, SLOW_GUARD, '[Service]\nExecStart=\nExecStart=/bin/sleep 60\n');
    await machine.must('systemctl', 'daemon-reload');
    const isLooking = async () => (await isActive('pikit-guard.service')) === 'activating';
    await waitFor('the guard', isLooking);
    await put(machine, CONFIG, EDITED);
    await mustApt('remove', 'pikit');
    await machine.must('rm', '-r', dirname(SLOW_GUARD));
    await machine.must('systemctl', 'daemon-reload');
    expect(await machine.must('systemctl', '--failed', '--no-legend')).toBe('');
    expect(look(machine).filter((path) => UNFINISHED.test(path))).toEqual([]);
    expect(await machine.must('stat', '-c', '%F', PAGE, `${PAGE}/index.html`)).toBe(
      'directory\nregular file',
    );
    await machine.must('systemctl', 'restart', 'nginx');
    expect(await page(machine)).toBe('page 1.2.0');
    expect(see(machine, CONFIG)).toBe(EDITED);
    expect(see(machine, PASSWORD)).not.toBe('');
    expect(
      await machine.must('systemctl', 'list-units', '--state=active', '--no-legend', 'pikit*'),
    ).toBe('');
    expect(look(machine).filter((path) => /^\/usr\/.*pikit/.test(path))).toEqual([]);
  });

  it('takes the dashboard over again when it is installed again', async () => {
    await install('0.1.1');
    await expectRunning(machine);
    expect(await isActive('pikit-guard.timer')).toBe('inactive');
    expect(await status(machine)).toMatchObject({
      current: '1.2.0',
      transaction: null,
      last_result: { to: '1.2.0', outcome: 'committed' },
    });
    await updateDashboard(machine, '1.3.0');
    expect(await page(machine)).toBe('page 1.3.0');
  });

  it('leaves nothing when it is purged but the dashboard, and a user who can do nothing', async () => {
    await nameSnippet(machine);
    await mustApt('purge', 'pikit');
    await expectForgottenSnippetToDoNoHarm(machine);
    expect(await page(machine)).toBe('page 1.3.0');
    expect(look(machine)).toEqual(before);
    expect(await machine.must('passwd', '--status', 'pikit')).toMatch(/^pikit L/);
  });
});

/**
 * Commands of a release on a booted Debian, in the units that the bundled agent makes for them: what they can do, what they
 * cannot, and what becomes of one that hangs or whose agent is killed. Each attempt is also made outside, where it succeeds.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMinisignKey } from '../support/minisign-key.ts';
import { waitFor } from '../support/wait-for.ts';
import { debianRoot, reasonAgainstBooting, type Debian } from './support/debian-root.ts';
import { createMachine, type Machine } from './support/machine.ts';
import {
  beginSigned,
  layAgent,
  layUnits,
  publish,
  put,
  recover,
  runAgent,
  startRecovery,
  updateTo,
} from './support/updater-device.ts';

const reason = reasonAgainstBooting();
const NOTE = reason === undefined ? '' : ` (skipped: ${reason})`;

/** With D-Bus and without it, as on DietPi. */
const SYSTEMS: readonly (Debian & { readonly name: string })[] = [
  { name: 'Debian 12 without D-Bus', suite: 'bookworm', packages: [] },
  { name: 'Debian 13', suite: 'trixie', packages: ['dbus'] },
];

const ATTEMPTS = join(import.meta.dirname, 'support/attempts.mjs');
const REPORT = '/srv/data/report';
/** Of a command; the second for one that hangs. */
const PATIENCE_MS = 120_000;
const HASTE_MS = 5000;

const configOf = (user: string, { allow = true, timeoutMs = PATIENCE_MS } = {}): string =>
  `[commands]\nallow = ${String(allow)}\ntimeout_ms = ${String(timeoutMs)}\n` +
  `user = "${user}"\nwrite = ["/srv/data"]\n`;

const release = (version: string, ...postInstall: readonly string[]) => ({
  version,
  files: {
    'pikit-web/index.html': version,
    'bin/attempts.mjs': { content: readFileSync(ATTEMPTS), mode: '755' },
  },
  postInstall,
});

const TRY = `bin/attempts.mjs try ${REPORT}`;

/** With a user, data of theirs, a secret in a home, and a program with root's set-uid bit. */
async function layDevice(machine: Machine): Promise<void> {
  await layAgent(machine, configOf('dash'));
  await put(machine, '/home/.secret', 'secret\n');
  await put(machine, '/srv/root-only', 'for root\n', 0o600);
  await put(machine, '/srv/other/file', '');
  await put(machine, '/var/lib/pikit/file', '');
  await put(machine, REPORT, '');
  await put(machine, '/usr/local/bin/attempts.mjs', readFileSync(ATTEMPTS, 'utf8'), 0o755);
  await machine.boot();
  await machine.must('useradd', '--system', 'dash');
  await machine.must('chown', '-R', 'dash', '/srv/data');
  await machine.must('cp', '/bin/cat', '/usr/local/bin/root-only');
  await machine.must('chmod', '4755', '/usr/local/bin/root-only');
}

const SANDBOXED = {
  kind: 'try',
  directory: expect.stringMatching(
    /^\/var\/lib\/pikit\/releases\/1\.\d\.0-[0-9a-f]{8}$/,
  ) as unknown,
  variables: expect.arrayContaining(['LANG', 'PATH', 'PIKIT_VERSION']) as unknown,
  writes: {
    '/etc': 'EROFS',
    '/usr/local/bin': 'EROFS',
    '/var/lib/pikit': 'EROFS',
    '/srv/other': 'EROFS',
    release: 'EROFS',
  },
  home: 'ENOENT',
  settings: 'EACCES',
  capabilities: '0',
  namespaces: 'exit 1',
  internet: 'EAFNOSUPPORT',
  systemd: 'ENOENT',
  elsewhere: false,
};

const AS_DASH = { user: 'dash', becomesRoot: 'exit 1', signals: 'EPERM' };
/** It is root, and may do with root's files and processes what their owner may. */
const AS_ROOT = { user: 'root', becomesRoot: 'yes', signals: 'yes' };

// Both at once, where they have to be made: that is mostly waiting for Debian's servers.
beforeAll(async () => {
  if (reason === undefined) await Promise.all(SYSTEMS.map(debianRoot));
});

describe.skipIf(reason !== undefined).each(SYSTEMS)(`commands on $name${NOTE}`, (system) => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await createMachine(system);
    await layDevice(machine);
  });
  beforeEach(async () => {
    await put(machine, REPORT, '');
    await machine.must('chown', 'dash', REPORT);
  });
  afterAll(() => machine?.remove());

  const see = (path: string): string => readFileSync(join(machine.root, path), 'utf8');
  const reports = (): readonly unknown[] =>
    see(REPORT)
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line));
  const units = () =>
    machine.must('systemctl', 'list-units', '--all', '--no-legend', 'pikit-command-*');

  it('are free to do all of it outside', async () => {
    await machine.must('/usr/local/bin/attempts.mjs', 'try', REPORT);
    await machine.must('runuser', '-u', 'dash', '--', '/usr/local/bin/attempts.mjs', 'try', REPORT);
    const yes = { home: 'yes', internet: 'yes', becomesRoot: 'yes' };
    expect(reports()).toMatchObject([
      {
        ...yes,
        writes: {
          '/etc': 'yes',
          '/usr/local/bin': 'yes',
          '/var/lib/pikit': 'yes',
          '/srv/other': 'yes',
        },
        settings: 'yes',
        namespaces: 'yes',
        systemd: 'yes',
        elsewhere: true,
        signals: 'yes',
      },
      { ...yes, user: 'dash' },
    ]);
  });

  it('run once, as the user of the config, and can do nothing but write their data', async () => {
    const result = await updateTo(machine, release('1.1.0', TRY));
    expect(result).toMatchObject({ outcome: 'committed', to: '1.1.0' });
    expect(reports()).toEqual([{ ...SANDBOXED, ...AS_DASH, version: '1.1.0' }]);
    expect(see(`/var/lib/pikit-update/logs/${result.id}.jsonl`)).toContain(
      'it said: attempts: try',
    );
    expect(await units()).toBe('');
  });

  it('are confined as root too', async () => {
    await layAgent(machine, configOf('root'));
    await machine.must('chown', 'root', REPORT);
    expect(await updateTo(machine, release('1.2.0', TRY))).toMatchObject({ outcome: 'committed' });
    expect(reports()).toEqual([{ ...SANDBOXED, ...AS_ROOT, version: '1.2.0' }]);
    await layAgent(machine, configOf('dash'));
  });

  it('that hang are ended by their limit, and the old release is back', async () => {
    await layAgent(machine, configOf('dash', { timeoutMs: HASTE_MS }));
    const result = await updateTo(machine, release('1.3.0', `bin/attempts.mjs hang ${REPORT}`));
    await layAgent(machine, configOf('dash'));
    expect(result).toMatchObject({
      outcome: 'rolled-back',
      error: {
        code: 'post-install-failed',
        details: { reason: 'did not end within 5 s: attempts: hang' },
      },
    });
    expect(await machine.must('cat', '/var/www/pikit-web/index.html')).toBe('1.2.0');
    expect(await units()).toBe('');
  });

  it('are ended and run again when the agent was killed', async () => {
    await beginSigned(machine, release('1.4.0', `bin/attempts.mjs slow ${REPORT}`));
    const life = startRecovery(machine);
    await waitFor('the command to begin', () => reports().length === 1, { timeoutMs: 120_000 });
    await life.kill();
    expect(await units()).not.toBe('');
    expect(await recover(machine)).toMatchObject({ outcome: 'committed', to: '1.4.0' });
    // The former one never came to its last line.
    const [first, last] = ['first', 'last'].map((at) => ({ kind: 'slow', at }));
    expect(reports()).toEqual([first, first, last]);
  });

  it('run from inside the sandbox of the agent’s own unit', async () => {
    await layAgent(machine, configOf('root'));
    await machine.must('chown', 'root', REPORT);
    await layUnits(machine);
    await beginSigned(machine, release('1.5.0', TRY));
    await machine.must('systemctl', 'start', 'pikit-agent.service');
    const history = '/var/lib/pikit-update/history.jsonl';
    const isOver = () => see(history).includes('"to":"1.5.0"');
    await waitFor('the update to end', isOver, { timeoutMs: 120_000 });
    await machine.must('systemctl', 'stop', 'pikit-agent.service');
    await layAgent(machine, configOf('dash'));
    expect(see(history).trimEnd().split('\n').at(-1)).toContain('"outcome":"committed"');
    expect(reports()).toEqual([{ ...SANDBOXED, ...AS_ROOT, version: '1.5.0' }]);
  });

  it('are refused to a release that nobody signed, before anything is fetched', async () => {
    const { version, manifestSha256 } = await publish(machine, release('1.6.0', TRY));
    const params = JSON.stringify({ version, manifestSha256 });
    const { code, stdout } = await runAgent(machine, '--run', 'update.apply', params);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      error: {
        code: 'post-install-refused',
        details: { entry: TRY, reason: 'commands need a signed release' },
      },
    });
    expect(reports()).toEqual([]);
  });

  it('run for a release that a key on the device has signed', async () => {
    const signer = createMinisignKey();
    await put(machine, '/etc/pikit/keys/maintainer.pub', signer.publicFile);
    const wanted = await publish(machine, { ...release('1.6.0', TRY), signer });
    const params = JSON.stringify({
      version: wanted.version,
      manifestSha256: wanted.manifestSha256,
    });
    const { stdout } = await runAgent(machine, '--run', 'update.apply', params);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'committed', to: '1.6.0' });
    expect(reports()).toEqual([{ ...SANDBOXED, ...AS_DASH, version: '1.6.0' }]);
  });

  it('are refused where the config does not allow them any more', async () => {
    await layAgent(machine, configOf('dash', { allow: false }));
    expect(await updateTo(machine, release('1.7.0', TRY))).toMatchObject({
      outcome: 'rolled-back',
      error: {
        code: 'post-install-refused',
        details: { reason: 'updater.toml does not allow commands' },
      },
    });
    expect(reports()).toEqual([]);
  });
});

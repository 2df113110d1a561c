/**
 * The sandboxes of the units, in force: the same attempts are made by root outside, where they succeed, and from within each unit,
 * as a command before its program. What systemd itself counts against the units is bounded, too.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { reasonAgainstBooting } from './support/debian-root.ts';
import { put } from './support/updater-device.ts';
import { createWholeDevice, TRIXIE, type WholeDevice } from './support/whole-device.ts';
import { tell } from './tally.ts';

const reason = reasonAgainstBooting();
const NOTE = reason === undefined ? '' : ` (skipped: ${reason})`;
const PROBE = '/srv/confined.mjs';

const Answers = v.record(v.string(), v.string());
const ReportSchema = v.object({
  namespaces: Answers,
  capabilities: v.number(),
  noNewPrivileges: v.string(),
  calls: Answers,
  reads: Answers,
  writes: Answers,
  opens: Answers,
  seesOthers: v.string(),
});
type Report = v.InferOutput<typeof ReportSchema>;

/** CAP_CHOWN, CAP_DAC_OVERRIDE and CAP_FOWNER. */
const OWNERS = 0b1011;
const DENIED = {
  ptrace: 'EPERM',
  keyctl: 'EPERM',
  setpriority: 'EPERM',
  personality: 'EPERM',
  newUser: 'EPERM',
  netlink: 'EAFNOSUPPORT',
  packet: 'EAFNOSUPPORT',
  chroot: 'EPERM',
};

describe.skipIf(reason !== undefined)(`the sandboxes${NOTE}`, () => {
  let device: WholeDevice;
  let outside: Report;
  beforeAll(async () => {
    device = await createWholeDevice(TRIXIE);
    const { machine } = device;
    await put(
      machine,
      PROBE,
      readFileSync(join(import.meta.dirname, 'support/confined.mjs'), 'utf8'),
      0o755,
    );
    // Readable for everybody: what keeps a unit away from them is its sandbox, not their mode.
    for (const path of ['/root/.secret', '/home/.secret', '/etc/pikit/keys/secret'])
      await put(machine, path, '');
    await machine.must('chmod', '755', '/root');
    outside = readReport(await machine.must('/usr/bin/node', PROBE));
  });
  afterAll(() => device?.remove());

  /** What the probe finds as the first command of a unit, in all that the unit says of its sandbox. */
  const within = async (unit: string): Promise<Report> => {
    const { must } = device.machine;
    await put(
      device.machine,
      `/etc/systemd/system/${unit}.d/probe.conf`,
      `[Service]\nExecStartPre=${PROBE}\n`,
    );
    await must('systemctl', 'daemon-reload');
    await must('systemctl', 'restart', unit);
    await must('rm', `/etc/systemd/system/${unit}.d/probe.conf`);
    await must('systemctl', 'daemon-reload');
    await must('journalctl', '--sync');
    return readReport(await must('journalctl', '--unit', unit, '--output', 'cat', '--no-pager'));
  };
  const foreign = ({ namespaces }: Report): readonly string[] =>
    Object.keys(namespaces).filter((name) => namespaces[name] !== outside.namespaces[name]);

  it('are needed: outside, root can do all of it', () => {
    const answers = ['calls', 'reads', 'writes', 'opens'] as const;
    const said = answers.flatMap((kind) => Object.entries(outside[kind]));
    expect(said.filter(([, answer]) => answer !== 'yes')).toEqual([]);
    expect(outside.seesOthers).toBe('yes');
  });

  it('leave the agent owners, files of its own, and the network', async () => {
    const report = await within('pikit-agent.service');
    expect(report).toMatchObject({ capabilities: OWNERS, noNewPrivileges: '1', calls: DENIED });
    expect(foreign(report)).toEqual(expect.arrayContaining(['ipc', 'mnt', 'user', 'uts']));
    // Empty directories lie there.
    expect(report.reads).toMatchObject({ '/root/.secret': 'ENOENT', '/home/.secret': 'ENOENT' });
    expect(report.writes).toEqual({
      '/etc': 'EROFS',
      '/usr/bin': 'EROFS',
      '/boot': 'EROFS',
      '/srv': 'EROFS',
      '/var/lib/pikit': 'yes',
      '/var/lib/pikit-api': 'EROFS',
      '/var/www': 'yes',
    });
    // systemd's own socket: it restarts services.
    expect(report.opens['/run/systemd/private']).toBe('yes');
  });

  it('leave the api the dashboard’s socket, its own files, and TCP', async () => {
    const report = await within('pikit-api.service');
    expect(report).toMatchObject({ capabilities: 0, noNewPrivileges: '1', calls: DENIED });
    expect(foreign(report)).toEqual(expect.arrayContaining(['ipc', 'mnt', 'user', 'uts']));
    expect(report.reads).toEqual({
      '/root/.secret': 'EACCES',
      '/home/.secret': 'EACCES',
      '/etc/pikit/keys/secret': 'EACCES',
      '/etc/shadow': 'EACCES',
    });
    expect(report.writes).toEqual({
      '/etc': 'EROFS',
      '/usr/bin': 'EROFS',
      '/boot': 'EROFS',
      '/srv': 'EROFS',
      '/var/lib/pikit': 'EROFS',
      '/var/lib/pikit-api': 'yes',
      '/var/www': 'EROFS',
    });
    expect(report.opens).toEqual({
      '/run/pikit/agent.sock': 'EACCES',
      '/run/pikit/api.sock': 'yes',
      '/run/systemd/private': 'EACCES',
    });
    expect(report.seesOthers).toBe('ENOENT');
  });

  it('let an agent that hangs be killed, and the next one be started', async () => {
    const { must } = device.machine;
    const pidOf = () => must('systemctl', 'show', '--property=MainPID', '--value', 'pikit-agent');
    await must('pikit-rpc', 'update.status');
    const pid = await pidOf();
    await must('systemctl', 'kill', '--signal=STOP', '--kill-whom=main', 'pikit-agent.service');
    const isReplaced = async () => !['0', pid].includes(await pidOf());
    await waitFor('another agent', isReplaced, { timeoutMs: 240_000, everyMs: 1000 });
    await must('pikit-rpc', 'update.status');
  });

  it('have little that systemd counts against them', async () => {
    const security = {
      agent: await scoreOf(device, 'pikit-agent.service'),
      api: await scoreOf(device, 'pikit-api.service'),
    };
    tell({ security });
    expect(security.agent).toBeLessThanOrEqual(2);
    expect(security.api).toBeLessThanOrEqual(0.9);
    expect(await scoreOf(device, 'pikit-update.service')).toBeLessThanOrEqual(0.9);
    expect(await scoreOf(device, 'pikit-guard.service')).toBeLessThanOrEqual(0.9);
    expect(await scoreOf(device, 'pikit-recover.service')).toBeLessThanOrEqual(2);
  });
});

async function scoreOf({ machine }: WholeDevice, unit: string): Promise<number> {
  const said = await machine.must('systemd-analyze', 'security', '--no-pager', unit);
  return Number(/Overall exposure level for \S+: ([\d.]+)/.exec(said)?.[1]);
}

/** The last line that is one. */
function readReport(output: string): Report {
  const line = output.split('\n').findLast((text) => text.startsWith('{"namespaces"'));
  return v.parse(ReportSchema, JSON.parse(line ?? 'null'));
}

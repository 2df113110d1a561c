/**
 * The whole product on a booted Debian: systemd starts it, confines it and lets it sleep; a browser updates the dashboard over
 * nginx. One machine for each Debian, and the tests of one build on each other.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROTOCOL_VERSION, type TransactionResult } from '@pikit/protocol';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { median } from '../bench/statistics.ts';
import { waitFor } from '../support/wait-for.ts';
import { reasonAgainstBooting } from './support/debian-root.ts';
import { startLoad } from './support/load.ts';
import { createSandboxTwin } from './support/sandbox-twin.ts';
import { publish, put } from './support/updater-device.ts';
import {
  BOOKWORM,
  createWholeDevice,
  filesOf,
  TRIXIE,
  type WholeDevice,
} from './support/whole-device.ts';
import { tell } from './tally.ts';

const reason = reasonAgainstBooting();
const NOTE = reason === undefined ? '' : ` (skipped: ${reason})`;
const PATIENCE_MS = 120_000;
/** The agent leaves after a quarter of a minute, and the api lets go of it after half a minute. */
const SLEEP = { timeoutMs: PATIENCE_MS, everyMs: 500 };
const MB = 1024;
/** One of them may fall into a busy moment of the machine. */
const WAKINGS = 5;
const WAKE = join(import.meta.dirname, 'support/wake.mjs');

/** As that of the machine, so that both write to the same. */
const SAME_DISK = '/var/tmp';
/** S of docs/benchmarks.md, of which a release changes 3 %; the program stays. */
const manyFiles = (version: string) => ({
  ...filesOf(version, { program: '1.2.0' }),
  ...Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [
      `pikit-web/many/${String(index)}.txt`,
      `${index < 9 ? version : ''}${String(index).repeat(7000)}`,
    ]),
  ),
});
const lengthOf = ({ startedAt, endedAt }: TransactionResult): number =>
  Date.parse(endedAt) - Date.parse(startedAt);

const WakeSchema = v.object({ wakeMs: v.number(), nodeMs: v.number() });

const SYSTEMS = [
  { name: 'Debian 13', debian: TRIXIE },
  { name: 'Debian 12', debian: BOOKWORM },
] as const;

describe.skipIf(reason !== undefined).each(SYSTEMS)(`a device with $name${NOTE}`, ({ debian }) => {
  let device: WholeDevice;
  beforeAll(async () => {
    device = await createWholeDevice(debian);
  });
  afterAll(() => device?.remove());

  const show = (unit: string, property: string) =>
    device.machine.must('systemctl', 'show', '--property', property, '--value', '--', unit);
  const offer = (version: string, files = filesOf(version)) =>
    publish(device.machine, { version, files, postInstall: [] });
  const install = async (version: string, files = filesOf(version)) => {
    const { manifestSha256 } = await offer(version, files);
    return device.client.carryOut('/api/update/apply', { version, manifestSha256 }, PATIENCE_MS);
  };
  const asleep = async () => {
    const state = await show('pikit-agent.service', 'ActiveState');
    if (state === 'inactive') return true;
    const { must } = device.machine;
    const said = await must(
      'journalctl',
      '--unit',
      'pikit-agent',
      '--output',
      'cat',
      '--lines',
      '9',
    );
    throw new Error(`it is ${state}, and has said:\n${said}`);
  };

  it('has both sockets with their modes, and an agent that leaves when it is idle', async () => {
    const { must } = device.machine;
    expect(await must('stat', '-c', '%a %U:%G', '/run/pikit/agent.sock')).toBe('600 root:root');
    expect(await must('stat', '-c', '%a %U:%G', '/run/pikit/api.sock')).toBe('660 root:pikit');
    await waitFor('the agent to leave', asleep, SLEEP);
    expect(await show('pikit-agent.service', 'Result')).toBe('success');
    expect(await show('pikit-agent.service', 'MainPID')).toBe('0');
    expect(
      await must('systemctl', 'is-active', 'pikit-agent.socket', 'pikit-agent-api.socket'),
    ).toBe('active\nactive');
  });

  it('costs no more than its api while nothing is done, and wakes at a call', async () => {
    const { machine } = device;
    const pid = await show('pikit-api.service', 'MainPID');
    const memory = await machine.must('cat', `/proc/${pid}/smaps_rollup`);
    const apiPssMB = Number(/^Pss:\s+(\d+)/m.exec(memory)?.[1]) / MB;
    expect(apiPssMB).toBeLessThan(45);
    await put(machine, '/srv/wake.mjs', readFileSync(WAKE, 'utf8'));
    const wakings: v.InferOutput<typeof WakeSchema>[] = [];
    for (let waking = 0; waking < WAKINGS; waking += 1) {
      await machine.must('systemctl', 'stop', 'pikit-agent.service');
      const report = await machine.must('/usr/bin/node', '/srv/wake.mjs', String(PROTOCOL_VERSION));
      wakings.push(v.parse(WakeSchema, JSON.parse(report)));
      expect(await show('pikit-agent.service', 'ActiveState')).toBe('active');
    }
    const wakeMs = median(wakings.map((waking) => waking.wakeMs)) ?? Number.NaN;
    const wakeRatio = median(wakings.map((waking) => waking.wakeMs / waking.nodeMs)) ?? Number.NaN;
    if (debian === TRIXIE) tell({ apiPssMB, wakeMs, wakeRatio });
  });

  it('is updated and rolled back by a browser over nginx', async () => {
    await offer('1.1.0');
    expect(await device.client.post('/api/update/check')).toMatchObject({ status: 200 });
    expect(await device.client.status()).toMatchObject({ offered: { version: '1.1.0' } });
    expect(await install('1.1.0')).toMatchObject({ outcome: 'committed', to: '1.1.0' });
    expect(await device.shown()).toEqual({ web: '1.1.0', program: '1.1.0' });
    const back = await device.client.carryOut('/api/update/rollback', {}, PATIENCE_MS);
    expect(back).toMatchObject({ outcome: 'committed' });
    expect(await device.shown()).toEqual({ web: '1.0.0', program: '1.0.0' });
    expect(await install('1.2.0')).toMatchObject({ outcome: 'committed' });
  });

  it('brings the old release back by itself when the new one is bad', async () => {
    const bad = { ...filesOf('1.3.0'), 'pikit-web/index.html': '<script src="/gone.js"></script>' };
    await device.machine.must(
      'sed',
      '-i',
      's/^probe_timeout_ms.*/probe_timeout_ms = 2000/',
      '/etc/pikit/updater.toml',
    );
    await device.machine.must('systemctl', 'restart', 'pikit-agent.service');
    expect(await install('1.3.0', bad)).toMatchObject({
      outcome: 'rolled-back',
      error: { code: 'probe-failed' },
    });
    expect(await device.shown()).toEqual({ web: '1.2.0', program: '1.2.0' });
    await device.machine.must(
      'sed',
      '-i',
      's/^probe_timeout_ms.*/probe_timeout_ms = 30000/',
      '/etc/pikit/updater.toml',
    );
    await device.machine.must('systemctl', 'restart', 'pikit-agent.service');
  });

  it('serves every visitor while only its web page is updated, and restarts nothing else', async () => {
    const services = ['dash-api.service', 'nginx.service', 'pikit-api.service'];
    const pids = () => Promise.all(services.map((unit) => show(unit, 'MainPID')));
    const before = await pids();
    const load = startLoad(device.url, ['/', '/part-1.txt', '/part-39.txt']);
    try {
      expect(await install('1.4.0', filesOf('1.4.0', { program: '1.2.0' }))).toMatchObject({
        outcome: 'committed',
      });
    } finally {
      const { served, failed } = await load.stop();
      tell({ failedRequests: failed.length });
      expect(failed).toEqual([]);
      expect(served).toBeGreaterThan(0);
    }
    expect(await pids()).toEqual(before);
    expect(await device.shown()).toEqual({ web: '1.4.0', program: '1.2.0' });
  });

  it('restarts the service whose program an update changes', async () => {
    const before = await show('dash-api.service', 'MainPID');
    expect(await install('1.5.0')).toMatchObject({ outcome: 'committed' });
    expect(await show('dash-api.service', 'MainPID')).not.toBe(before);
  });

  it('installs a release of many files, and tells how much longer than in a sandbox', async () => {
    const twin = await createSandboxTwin(SAME_DISK);
    try {
      const ratios: number[] = [];
      await twin.install('2.0.0', manyFiles('2.0.0'));
      expect(await install('2.0.0', manyFiles('2.0.0'))).toMatchObject({ outcome: 'committed' });
      for (const version of ['2.1.0', '2.2.0', '2.3.0', '2.4.0', '2.5.0']) {
        const inSandbox = await twin.install(version, manyFiles(version));
        const onDevice = await install(version, manyFiles(version));
        expect([inSandbox.outcome, onDevice.outcome]).toEqual(['committed', 'committed']);
        ratios.push(lengthOf(onDevice) / lengthOf(inSandbox));
      }
      if (debian === TRIXIE) tell({ applyRatio: median(ratios) ?? Number.NaN });
    } finally {
      await twin.remove();
    }
  });
});

/**
 * Releases of the dashboard that bring a dead agent, on a booted Debian 12: each time the device is back on the old release by itself,
 * says why, does not try that one again by itself, and takes the next good one. Once the power goes in the middle of it.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { reasonAgainstBooting } from './support/debian-root.ts';
import { publish } from './support/updater-device.ts';
import { BOOKWORM, createWholeDevice, filesOf, type WholeDevice } from './support/whole-device.ts';

const reason = reasonAgainstBooting();
const NOTE = reason === undefined ? '' : ` (skipped: ${reason})`;
const PATIENCE = { timeoutMs: 300_000, everyMs: 200 };
/** So that nobody waits for minutes: 12 s, and 5 s for the probes. */
const LIMITS = 'probe_timeout_ms = 5000\nguard_timeout_ms = 12000\n';

/** Newer than any factory, so that the launcher takes it. */
const VERSION = '99.0.0\n';
const FOR_EVER = 'setInterval(() => undefined, 1000);\n';
const DEAD = {
  'exits at once': 'process.exit(1);\n',
  'hangs, and does not listen': `process.on('SIGTERM', () => undefined);\n${FOR_EVER}`,
  'answers nonsense': `import { createServer } from 'node:net';
for (const fd of [3, 4]) createServer((socket) => socket.on('error', () => undefined).end('nonsense\\n')).listen({ fd });\n`,
  // More than its unit allows, and not more than a computer for tests can bear where limits of memory are not kept.
  'fills the memory': `const kept = [];
for (let count = 0; count < 40; count += 1) kept.push(Buffer.alloc(10 * 1024 * 1024, 1));\n${FOR_EVER}`,
} as const;

describe.skipIf(reason !== undefined)(`a release whose agent is dead${NOTE}`, () => {
  let device: WholeDevice;
  let minor = 0;
  beforeAll(async () => {
    device = await createWholeDevice(BOOKWORM);
    const config = join(device.machine.root, 'etc/pikit/updater.toml');
    const text = (await readFile(config, 'utf8')).replace(/^probe_timeout_ms = .*\n/m, '');
    await writeFile(config, `${text}${LIMITS}`);
    await device.machine.must('systemctl', 'stop', 'pikit-agent.service');
    expect(await device.ended(await begin())).toMatchObject({ outcome: 'committed' });
  });
  afterAll(() => device?.remove());

  const offer = async (agent?: string) => {
    minor += 1;
    const version = `1.${String(minor)}.0`;
    const updater = { 'updater/lib/version': VERSION, 'updater/lib/pikit-agent.mjs': agent ?? '' };
    const files = { ...filesOf(version), ...(agent === undefined ? {} : updater) };
    return publish(device.machine, { version, files, postInstall: [] });
  };
  /** Begins an update to a release with this agent, or with none, and returns its version. */
  const begin = async (agent?: string) => device.begin(await offer(agent));
  const inState = (name: string): string => join(device.machine.root, 'var/lib/pikit-update', name);
  const show = (unit: string, property: string) =>
    device.machine.must('systemctl', 'show', '--property', property, '--value', '--', unit);

  /** All that must hold when the guard has done its work: `before` is what stood there, `version` what was refused. */
  async function expectBack(before: string, version: string): Promise<void> {
    const { machine, client } = device;
    const last = await device.ended(version);
    expect(last).toMatchObject({
      outcome: 'rolled-back',
      from: before,
      error: { code: 'guard-fired', details: { phase: 'restarting' } },
    });
    expect(await device.shown()).toEqual({ web: before, program: before });
    expect(await machine.must('curl', '-s', 'http://127.0.0.1/')).toContain(before);
    expect(await show('dash-api.service', 'ActiveState')).toBe('active');
    // The factory's agent, which anybody can ask.
    await machine.must('pikit-rpc', 'update.check');
    const pid = await show('pikit-agent.service', 'MainPID');
    const words = await machine.must('cat', `/proc/${pid}/cmdline`);
    expect(words).toContain('/usr/lib/pikit/pikit-agent.mjs');
    // A person may take it all the same; nobody else.
    const { held_back: held, offered } = await client.status();
    expect(held).toMatchObject({ version, reason: 'rolled-back' });
    const { manifestSha256 } = offered ?? {};
    const wish = JSON.stringify({ version, manifestSha256, unattended: true });
    const { code, stdout, stderr } = await machine.run('pikit-rpc', 'update.apply', wish);
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain('held-back');
    // Nothing is guarded any more, and nothing is left of it.
    const names = await readdir(inState(''));
    expect(names.filter((name) => name.startsWith('guard'))).toEqual([]);
    const isOff = async () => (await show('pikit-guard.timer', 'ActiveState')) === 'inactive';
    await waitFor('the timer of the guard to be stopped', isOff, PATIENCE);
  }

  it.each(Object.entries(DEAD))('is taken back when it %s', async (_how, agent) => {
    const { web: before } = await device.shown();
    const began = performance.now();
    const version = await begin(agent);
    await expectBack(before, version);
    const took = ((performance.now() - began) / 1000).toFixed(0);
    process.stderr.write(`${version}: back after ${took} s\n`);
  });

  it('is taken back after a power cut too, when the device has booted', async () => {
    const { web: before } = await device.shown();
    const version = await begin(DEAD['exits at once']);
    const current = join(device.machine.root, 'var/lib/pikit/current');
    const isSwitched = async () =>
      existsSync(inState('guard')) && (await readlink(current)).includes(`/${version}-`);
    await waitFor('the switch', isSwitched, PATIENCE);
    // The dead one begins.
    await sleep(2000);
    await device.machine.cut();
    expect(existsSync(inState('guard'))).toBe(true);
    expect((await device.shown()).web).toBe(version);
    await device.boot();
    await expectBack(before, version);
  });

  it('is followed by the next good one', async () => {
    const version = await begin();
    expect(await device.ended(version)).toMatchObject({ outcome: 'committed' });
    expect(await device.shown()).toEqual({ web: version, program: version });
  });
});

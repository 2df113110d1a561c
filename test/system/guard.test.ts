/**
 * Releases of the dashboard that bring a dead agent, on a booted Debian 12: each time the device is back on the old release by itself,
 * says why, does not try that one again by itself, and takes the next good one. Once the power goes in the middle of it.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { reasonAgainstBooting } from './support/debian-root.ts';
import { publish } from './support/updater-device.ts';
import { BOOKWORM, createWholeDevice, filesOf, type WholeDevice } from './support/whole-device.ts';

const reason = reasonAgainstBooting();
const NOTE = reason === undefined ? '' : ` (skipped: ${reason})`;
const PATIENCE = { timeoutMs: 300_000, everyMs: 200 };
/** With that of the probes a minute: longer than the good agent needs before the dead one begins, however busy the machine. */
const LIMITS = 'guard_timeout_ms = 30000\n';
/** What the guard knows since when. */
const SINCE = '/run/pikit-guard/since';

/** Newer than any factory, so that the launcher takes it. */
const VERSION = '99.0.0\n';
const FOR_EVER = 'setInterval(() => undefined, 1000);\n';
/** Written by a dead agent when it has done its worst. */
const MARK = '/run/dead-agent';
const MARKS = `import { writeFileSync } from 'node:fs';\nconst mark = () => writeFileSync('${MARK}', '');\n`;
const DEAD = {
  'exits at once': `${MARKS}mark();\nprocess.exit(1);\n`,
  'hangs, and does not listen': `${MARKS}process.on('SIGTERM', () => undefined);\n${FOR_EVER}mark();\n`,
  'answers nonsense': `${MARKS}import { createServer } from 'node:net';
for (const fd of [3, 4]) createServer((socket) => socket.on('error', () => undefined).end('nonsense\\n')).listen({ fd });\nmark();\n`,
  // More than its unit allows, and not more than a computer for tests can bear where limits of memory are not kept.
  'fills the memory': `${MARKS}const kept = [];
for (let count = 0; count < 40; count += 1) {
  kept.push(Buffer.alloc(10 * 1024 * 1024, 1));
  if (count === 20) mark();
}\n${FOR_EVER}`,
} as const;

describe.skipIf(reason !== undefined)(`a release whose agent is dead${NOTE}`, () => {
  let device: WholeDevice;
  let minor = 0;
  beforeAll(async () => {
    device = await createWholeDevice(BOOKWORM);
    const config = join(device.machine.root, 'etc/pikit/updater.toml');
    await writeFile(config, `${await readFile(config, 'utf8')}${LIMITS}`);
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
  /** The same, until its agent has begun. */
  async function beginDead(agent: string): Promise<string> {
    const { machine } = device;
    await machine.must('rm', '-f', MARK);
    const version = await begin(agent);
    const hasBegun = async () => (await machine.run('test', '-e', MARK)).code === 0;
    await waitFor('the dead agent', hasBegun, PATIENCE);
    return version;
  }
  /** For the guard it is as if it had been armed when this computer was started. */
  async function letTimePass(): Promise<void> {
    const { machine } = device;
    const { id } = JSON.parse(await readFile(inState('journal.json'), 'utf8')) as { id: string };
    const hasLooked = async () => (await machine.run('grep', '-qF', id, SINCE)).code === 0;
    await waitFor('the first look of the guard', hasLooked, PATIENCE);
    await machine.must('sh', '-c', `echo '${id} 0' >${SINCE}.new && mv ${SINCE}.new ${SINCE}`);
  }
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
    const version = await beginDead(agent);
    await letTimePass();
    await expectBack(before, version);
    const took = ((performance.now() - began) / 1000).toFixed(0);
    process.stderr.write(`${version}: back after ${took} s\n`);
  });

  it('is taken back after a power cut too, when the device has booted', async () => {
    const { web: before } = await device.shown();
    const version = await beginDead(DEAD['exits at once']);
    await device.machine.cut();
    expect(existsSync(inState('guard'))).toBe(true);
    expect((await device.shown()).web).toBe(version);
    await device.boot();
    // Here the time passes as it does.
    await expectBack(before, version);
  });

  it('is followed by the next good one', async () => {
    const version = await begin();
    expect(await device.ended(version)).toMatchObject({ outcome: 'committed' });
    expect(await device.shown()).toEqual({ web: version, program: version });
  });
});

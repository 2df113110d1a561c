/**
 * What happens to a device while it updates its dashboard over nginx: power cuts at random moments, killed programs, a disk that
 * is full, a source that is away. What stands in the dashboard is judged from outside, while nothing of the machine runs.
 */
import { readFile, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../crash/tally.ts';
import { waitFor } from '../support/wait-for.ts';
import { reasonAgainstBooting } from './support/debian-root.ts';
import { publish, put } from './support/updater-device.ts';
import { createWholeDevice, filesOf, TRIXIE, type WholeDevice } from './support/whole-device.ts';
import { systemCutsWanted, systemSeed, tell } from './tally.ts';

const reason = reasonAgainstBooting();
const NOTE = reason === undefined ? '' : ` (skipped: ${reason})`;
const PATIENCE = { timeoutMs: 240_000, everyMs: 100 };
const CUTS = systemCutsWanted();
const CUT_MS = 60_000;
const SEED = systemSeed();
/** More than systemd starts a service within ten seconds where nothing else is said. */
const STARTS = 7;
/** When it last ran: what systemd goes by where a timer is persistent. */
const TIMER_STAMP = 'var/lib/systemd/timers/stamp-pikit-update.timer';
const AT_ONCE = '[Timer]\nRandomizedDelaySec=0\n';

describe.skipIf(reason !== undefined)(`a device in trouble${NOTE}`, () => {
  let device: WholeDevice;
  let minor = 0;
  /** Of the first update, which nothing disturbs: cuts fall into about so long. */
  let durationMs = 0;
  beforeAll(async () => {
    device = await createWholeDevice(TRIXIE);
    const began = performance.now();
    const version = await begin();
    expect(await device.ended(version)).toMatchObject({ outcome: 'committed' });
    durationMs = performance.now() - began;
  });
  afterAll(() => device?.remove());

  const show = (unit: string, property: string) =>
    device.machine.must('systemctl', 'show', '--property', property, '--value', '--', unit);
  const offer = async () => {
    minor += 1;
    const version = `1.${String(minor)}.0`;
    return publish(device.machine, { version, files: filesOf(version), postInstall: [] });
  };
  /** Begins an update to the next version, which it returns. */
  const begin = async () => device.begin(await offer());
  /** An update that is interrupted before that has not begun, and ends. What is not told of yet has not passed it either. */
  const hasPassedPreflight = async (version: string) => {
    const { transaction, last_result: last } = await device.client.status();
    return transaction === null ? last?.to === version : transaction.phase !== 'preflight';
  };
  const signal = (name: string, unit: string) =>
    device.machine.must('systemctl', 'kill', `--signal=${name}`, '--kill-whom=main', unit);

  it('goes on when its agent is killed, and shows the new release', async () => {
    const version = await begin();
    await waitFor('the staging', () => hasPassedPreflight(version), PATIENCE);
    await signal('KILL', 'pikit-agent.service');
    expect(await device.ended(version)).toMatchObject({ outcome: 'committed' });
    expect(await device.shown()).toEqual({ web: version, program: version });
  });

  it('goes on when its api is killed, which comes back by itself and knows who is signed in', async () => {
    const version = await begin();
    const pid = await show('pikit-api.service', 'MainPID');
    await signal('KILL', 'pikit-api.service');
    expect(await device.ended(version)).toMatchObject({ outcome: 'committed' });
    expect(await show('pikit-api.service', 'MainPID')).not.toBe(pid);
  });

  it('answers again when its settings are right again, however often it was started meanwhile', async () => {
    const { root, run, must } = device.machine;
    const config = join(root, 'etc/pikit/updater.toml');
    const right = await readFile(config, 'utf8');
    await writeFile(config, 'no settings');
    await must('systemctl', 'stop', 'pikit-agent.service');
    for (let start = 0; start < STARTS; start += 1) {
      await run('systemctl', 'restart', 'pikit-agent.service');
    }
    expect((await run('timeout', '1', 'pikit-rpc', 'agent.inspect')).code).not.toBe(0);
    await writeFile(config, right);
    await waitFor('the agent', async () => (await run('pikit-rpc', 'agent.inspect')).code === 0);
  });

  it('is updated although its service was started too often just before', async () => {
    const { must } = device.machine;
    const limit = '/etc/systemd/system/dash-api.service.d/limit.conf';
    await put(device.machine, limit, '[Unit]\nStartLimitIntervalSec=600\nStartLimitBurst=2\n');
    await must('systemctl', 'daemon-reload');
    for (const _ of [1, 2]) await must('systemctl', 'restart', 'dash-api.service');
    const version = await begin();
    expect(await device.ended(version)).toMatchObject({ outcome: 'committed' });
    expect(await show('dash-api.service', 'ActiveState')).toBe('active');
    await must('rm', limit);
    await must('systemctl', 'daemon-reload');
  });

  it('explains itself where its api is away', async () => {
    const { must } = device.machine;
    await must('systemctl', 'stop', 'pikit-api.service');
    const page = await fetch(`${device.url}/updates/`);
    expect(page.status).toBe(502);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    const text = await page.text();
    for (const words of ['The updater does not answer', 'Der Updater antwortet nicht']) {
      expect(text).toContain(words);
    }
    // All that it needs is there, and nothing is in it that its own policy forbids.
    expect(text).not.toMatch(/<style|<script>|\sstyle=|\son\w+=/);
    for (const [, path] of text.matchAll(/(?:href|src)="([^"]+)"/g)) {
      expect((await fetch(device.url + String(path))).status).toBe(200);
    }
    await must('systemctl', 'start', 'pikit-api.service');
    await waitFor('the page', async () => (await fetch(`${device.url}/updates/`)).status === 200);
  });

  it('looks for releases by its timer, which names the next time', async () => {
    const { must } = device.machine;
    expect(await show('pikit-update.timer', 'NextElapseUSecRealtime')).toMatch(/ 04:[2-5]\d:/);
    const { version } = await offer();
    // The clock is that of this computer: the timer's own unit is started instead.
    await must('systemctl', 'start', 'pikit-update.service');
    expect(await device.client.status()).toMatchObject({ offered: { version } });
  });

  it('makes up for the check that it missed while it had no power', async () => {
    const { machine, client } = device;
    await put(machine, '/etc/systemd/system/pikit-update.timer.d/at-once.conf', AT_ONCE);
    await machine.cut();
    const { version } = await offer();
    const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 60 * 60;
    await utimes(join(machine.root, TIMER_STAMP), twoDaysAgo, twoDaysAgo);
    await device.boot();
    const isOffered = async () => (await client.status()).offered?.version === version;
    await waitFor('the check', isOffered, PATIENCE);
  });

  it('moves its timer where the owner wants it, switches it off and on again', async () => {
    const { client } = device;
    const set = async (change: object) =>
      expect((await client.post('/api/update/auto', change)).status).toBe(200);
    const next = () => show('pikit-update.timer', 'NextElapseUSecRealtime');
    await set({ checkAt: '13:05' });
    expect(await next()).toMatch(/ 13:[0-3]\d:/);
    await set({ autoCheck: false });
    expect(await show('pikit-update.timer', 'ActiveState')).toBe('inactive');
    expect(await show('pikit-update.timer', 'UnitFileState')).toBe('disabled');
    await set({ autoCheck: true });
    expect(await show('pikit-update.timer', 'UnitFileState')).toBe('enabled');
    expect(await next()).toMatch(/ 13:[0-3]\d:/);
  });

  it('says that its source is away, and keeps what runs', async () => {
    const releases = join(device.machine.root, 'media/releases');
    const before = await device.shown();
    await rename(releases, `${releases}-away`);
    expect(await device.client.post('/api/update/check')).toMatchObject({
      body: { code: 'offline' },
    });
    await rename(`${releases}-away`, releases);
    expect(await device.shown()).toEqual(before);
  });

  it(
    'shows one release or the other, whole, after every power cut',
    { timeout: (CUTS + 10) * CUT_MS, retry: 0 },
    async () => {
      process.stderr.write(`power cuts of a booted device: seed ${String(SEED)}\n`);
      const random = createRandom(SEED);
      const failures: string[] = [];
      for (let cut = 1; cut <= CUTS; cut += 1) {
        const before = await device.shown();
        const afterMs = Math.round(random() * durationMs);
        const version = await begin();
        await sleep(afterMs);
        await device.machine.cut();
        const allowed = [before.web, version];
        const judge = async (moment: string): Promise<void> => {
          try {
            let { web, program } = await device.shown();
            // The agent goes on meanwhile, and may switch between the two looks. It does so once; a mixture stays.
            if (moment !== 'dark' && web !== program) ({ web, program } = await device.shown());
            if (!allowed.includes(web) || !allowed.includes(program))
              throw new Error(`${web}, ${program}`);
            if (moment !== 'dark' && web !== program) throw new Error(`${web} with ${program}`);
          } catch (error) {
            failures.push(
              `cut ${String(cut)} after ${String(afterMs)} ms, ${moment}: ${String(error)}`,
            );
          }
        };
        await judge('dark');
        await device.boot();
        await judge('booted');
        const result = await device.ended(version);
        await judge('ended');
        const { program } = await device.shown();
        if ((result.outcome === 'committed') !== (program === version)) {
          failures.push(
            `cut ${String(cut)} after ${String(afterMs)} ms: ${result.outcome}, but ${program}`,
          );
        }
      }
      for (const failure of failures) process.stderr.write(`${failure}\n`);
      tell({ powercuts: CUTS, broken: failures.length });
      expect(failures).toEqual([]);
    },
  );

  it('refuses an update that does not fit, and keeps what runs', async () => {
    const { must } = device.machine;
    const before = await device.shown();
    await must('systemctl', 'stop', 'pikit-agent.service');
    await must(
      'sh',
      '-c',
      'mv /var/lib/pikit /srv/kept && mkdir /var/lib/pikit && mount -t tmpfs -o size=1m,mode=755 none /var/lib/pikit && cp -a /srv/kept/. /var/lib/pikit/ || true',
    );
    await must('sh', '-c', 'head -c 2m /dev/zero > /var/lib/pikit/ballast || true');
    const { version, manifestSha256 } = await offer();
    const answer = await device.client.post('/api/update/apply', { version, manifestSha256 });
    const code = answer.status === 202 ? (await device.ended(version)).error?.code : answer.body;
    expect(JSON.stringify(code)).toContain('no-space');
    await must('systemctl', 'stop', 'pikit-agent.service');
    await must(
      'sh',
      '-c',
      'umount /var/lib/pikit && rmdir /var/lib/pikit && mv /srv/kept /var/lib/pikit',
    );
    expect(await device.shown()).toEqual(before);
  });
});

/**
 * A device boots after the real agent was killed in the middle of an update: the mode that runs before the services, and
 * the agent that ends the update after them.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  JournalRecordSchema,
  type JournalRecord,
} from '../../packages/agent/src/core/journal-record.ts';
import { JOURNAL_FILE } from '../../packages/agent/src/core/layout.ts';
import { encodeRecord, parseRecord } from '../../packages/agent/src/core/record.ts';
import { buildRelease } from '../support/bundle-builder.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { layDownDevice, type Device } from '../support/sandbox-root.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait-for.ts';
import { runProgram } from './scene.ts';

const AGENT = 'agent/dist/pikit-agent.mjs';
const UNIT = 'dietpi-dashboard-frontend.service';
const CRON = 'etc/cron.d/pikit';

let dir: Awaited<ReturnType<typeof makeTempDir>>;
let device: Device;
beforeEach(async () => {
  dir = await makeTempDir();
  device = await layDownDevice(
    {
      root: join(dir.path, 'root'),
      source: { kind: 'dir', path: '/media/releases' },
      installed: { version: '1.0.0', files: { 'pikit-web/index.html': 'old page' } },
      moreConfig: '[[target]]\nfrom = "cron/"\nto = "/etc/cron.d"\nkind = "merge"\ncopy = true\n',
    },
    1,
  );
  await mkdir(host('etc/cron.d'), { recursive: true });
  await writeFile(host(CRON), '# old\n');
  await killInRestarting();
});
afterEach(() => dir.remove());

const host = (path: string) => join(device.root, path);
const see = async (path: string) => readFile(host(path), 'utf8');
const shown = async () => [await see('var/www/pikit-web/index.html'), await see(CRON)];
const agent = (...args: string[]) =>
  runProgram(AGENT, ['--root', device.root, ...args], device.systemd);
const json = (text: string): unknown => JSON.parse(text.trim().split('\n').at(-1) ?? '');

async function journal(): Promise<JournalRecord | undefined> {
  if (!existsSync(host(JOURNAL_FILE))) return undefined;
  return parseRecord(await readFile(host(JOURNAL_FILE)), JournalRecordSchema, JOURNAL_FILE);
}

/** The service hangs while it is restarted, and the power goes: agent and systemctl die at once. */
async function killInRestarting(): Promise<void> {
  const files = { 'pikit-web/index.html': 'page 1.1.0', 'cron/pikit': '# 1.1.0\n' };
  const built = await buildRelease({ version: '1.1.0', files }, host('media/releases'));
  const hang = join(device.systemd, 'hang', UNIT);
  await mkdir(join(hang, '..'), { recursive: true });
  await writeFile(hang, '');
  const checkout = repositoryRoot();
  const wanted = JSON.stringify({ version: '1.1.0', manifestSha256: built.manifestSha256 });
  const program = join(checkout, 'packages', AGENT);
  const args = [program, '--root', device.root, '--run', 'update.apply', wanted];
  const PATH = `${join(checkout, 'test/support/bin')}:${process.env['PATH'] ?? ''}`;
  const env = { ...process.env, PATH, PIKIT_FAKE_SYSTEMD: device.systemd };
  const child = spawn(process.execPath, args, { env, detached: true, stdio: 'ignore' });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  await waitFor('the restart', async () => (await calls()).includes(`restart -- ${UNIT}`));
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  await gone;
  await rm(hang);
  await rm(join(device.systemd, 'calls.log'));
}

async function calls(): Promise<string> {
  const file = join(device.systemd, 'calls.log');
  return existsSync(file) ? readFile(file, 'utf8') : 'nothing was asked';
}

describe('pikit-agent --recover-targets', () => {
  it('finishes a switch that was cut off, asks nothing of systemd, and leaves the end to the agent', async () => {
    // As a cut between the links and the copies leaves it.
    const cut = { ...(await journal()), phase: 'activating' };
    await writeFile(host(JOURNAL_FILE), encodeRecord(cut));
    await writeFile(host(CRON), '# old\n');
    const ended = await agent('--recover-targets');
    expect({ code: ended.code, document: json(ended.stdout) }).toEqual({
      code: 0,
      document: { transaction: (await journal())?.id, shows: '1.1.0' },
    });
    expect(await shown()).toEqual(['page 1.1.0', '# 1.1.0\n']);
    expect(await journal()).toEqual(cut);
    expect(await calls()).toBe('nothing was asked');

    const recovered = await agent('--recover');
    expect(json(recovered.stdout)).toMatchObject({ to: '1.1.0', outcome: 'committed' });
    expect(await calls()).toContain(`restart -- ${UNIT}`);
    expect(await journal()).toBeUndefined();
  });

  it('has nothing to do once the targets are switched', async () => {
    const before = await journal();
    expect(before?.phase).toBe('restarting');
    const ended = await agent('--recover-targets');
    expect({ code: ended.code, document: json(ended.stdout) }).toEqual({ code: 0, document: {} });
    expect(await journal()).toEqual(before);
    expect(await calls()).toBe('nothing was asked');
    expect(await shown()).toEqual(['page 1.1.0', '# 1.1.0\n']);
  });

  it('is one mode of three that exclude each other', async () => {
    expect(await agent('--recover', '--recover-targets')).toMatchObject({ code: 2 });
  });
});

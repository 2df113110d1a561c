/**
 * A directory in the place of a device, in the middle of an update, on which the shell runs the guard itself (deploy/guard). systemd is
 * the stand-in of test/support/bin.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { repositoryRoot } from '../support/repository-root.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

const SCRIPT = join(repositoryRoot(), 'deploy/guard');
const STAND_INS = join(repositoryRoot(), 'test/support/bin');
export const ID = '20260102T042000Z-5167ed';
export const [OLD, NEW] = ['1.0.0-aaaaaaaa', '1.1.0-bbbbbbbb'];
export const RELEASES = '/var/lib/pikit/releases';
export const [ARMED, FIRING, FIRED] = ['guard', 'guard.firing', 'guard.fired'];
const UNITS = ['pikit-agent.service', 'pikit-guard.timer'];
export const NOTE = `transaction=${ID}\ntree=${OLD}\nlimit=300\n`;
/** What systemd is asked for on the way back. */
export const BACK = [
  'stop pikit-agent.service',
  'reset-failed pikit-agent.service pikit-agent.socket pikit-agent-api.socket',
  'restart pikit-agent.service',
];

export async function put(file: string, content: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content, { mode });
}

/** Lays one for each test of the file that calls this. */
export function guardedDevice() {
  let temp: TempDir;
  const beside = (path: string): string => join(temp.path, path);
  const device = (path: string): string => beside(join('device', path));
  const state = (name: string): string => device(`var/lib/pikit-update/${name}`);

  /** With the guard armed a moment ago. */
  async function lay(): Promise<void> {
    await rm(device(''), { recursive: true, force: true });
    for (const tree of [OLD, NEW]) await mkdir(device(`${RELEASES}/${tree}`), { recursive: true });
    await symlink(`${RELEASES}/${NEW}`, device('var/lib/pikit/current'));
    await put(state('journal.json'), `{\n  "format": 1,\n  "id": "${ID}"\n}\n`);
    await put(state(ARMED), NOTE);
    await mkdir(device('run/pikit-guard'), { recursive: true });
    for (const unit of UNITS) await put(beside(`systemd/units/${unit}`), 'active\n');
    await rm(beside('systemd/calls.log'), { force: true });
  }
  beforeEach(async () => {
    temp = await makeTempDir();
    await lay();
  });
  afterEach(() => temp.remove());

  return {
    beside,
    device,
    state,
    lay,
    /** As if it had been armed when this computer was started. */
    letTimePass: () => put(device('run/pikit-guard/since'), `${ID} 0\n`),
    /** `first`: programs that are found before the real ones. */
    look: (env: Readonly<Record<string, string>> = {}, first = '') => {
      const { status, signal, stderr } = spawnSync('sh', [SCRIPT, device('')], {
        env: {
          PATH: [first, STAND_INS, '/usr/bin', '/bin'].filter((place) => place !== '').join(':'),
          PIKIT_FAKE_SYSTEMD: beside('systemd'),
          ...env,
        },
        encoding: 'utf8',
        timeout: 20_000,
      });
      return { status, signal, stderr };
    },
    calls: async (): Promise<readonly string[]> => {
      const file = beside('systemd/calls.log');
      return existsSync(file) ? (await readFile(file, 'utf8')).trim().split('\n') : [];
    },
    current: async () => readlink(device('var/lib/pikit/current')).catch(() => 'none'),
    notes: async () => {
      const names = await readdir(device('var/lib/pikit-update'));
      return names.filter((name) => name.startsWith('guard')).toSorted();
    },
  };
}

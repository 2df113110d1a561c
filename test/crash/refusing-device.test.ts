/**
 * What an operator is told on a device whose filesystem has become read-only, or is full: the real, bundled programs on an ext4 of the
 * test's own. Each ends, says what is wrong and what to do, and touches nothing that runs. Root.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/repository-root.ts';
import { createLoopDisks, EXT4, reasonAgainst, type LoopDisks, type Mounted } from './loop-disk.ts';
import { commands, laySmallDevice, publishOn } from './small-device.ts';

const RPC = join(repositoryRoot(), 'packages/agent/dist/pikit-rpc.mjs');
/** None of them waits for anything; this is for a machine that stands still. */
const END_MS = 120_000;

const reason = reasonAgainst(EXT4);

let disks: LoopDisks;
let device: Mounted;
let apply: readonly string[];

interface Ended {
  readonly code: number | null;
  readonly said: string;
  readonly complaints: string;
}

function run(args: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: END_MS,
  });
  return { code: status, said: stdout, complaints: stderr };
}

const rpc = (...args: readonly string[]): Ended => run([RPC, '--root', device.root, ...args]);
const last = (text: string): unknown => JSON.parse(text.trim().split('\n').at(-1) ?? '');

beforeAll(async () => {
  if (reason !== undefined) return;
  disks = createLoopDisks();
  disks.format(EXT4, disks.path('image'));
  device = disks.mount(EXT4, disks.path('image'));
  await laySmallDevice(device.root);
  const first = await publishOn(device.root, '1.1.0');
  expect(run(commands.apply(device.root, first)).code).toBe(0);
  apply = commands.apply(device.root, await publishOn(device.root, '1.2.0'));
});
afterAll(() => {
  if (reason === undefined) disks.close();
});

const filler = (): string => join(device.root, 'filler');
const title = (what: string): string =>
  reason === undefined ? what : `${what} (skipped: ${reason})`;

describe.skipIf(reason !== undefined)(title('a device that is read-only'), () => {
  beforeAll(() => {
    // As on a device, where /run is in memory.
    execFileSync('mount', ['-t', 'tmpfs', 'pikit-run', join(device.root, 'run')]);
    execFileSync('mount', ['-o', 'remount,ro', device.root]);
  });
  afterAll(() => {
    execFileSync('mount', ['-o', 'remount,rw', device.root]);
    execFileSync('umount', [join(device.root, 'run')]);
  });

  it('refuses an update for the disk and not for the configuration', () => {
    const { code, said, complaints } = run(apply);
    expect(code).toBe(1);
    expect(last(said)).toMatchObject({
      error: { code: 'write-failed', details: { errno: 'EROFS' } },
    });
    expect(complaints).toMatch(
      /what runs was not touched -> the filesystem is read-only.*remount,rw/,
    );
  });

  it('refuses a roll-back likewise, and has nothing to recover', () => {
    const { code, complaints } = run(commands.rollback(device.root));
    expect(code).toBe(1);
    expect(complaints).toMatch(/what runs was not touched -> the filesystem is read-only/);
    expect(run(commands.recover(device.root))).toMatchObject({ code: 0, said: '{}\n' });
  });

  it('is seen through by doctor and by rescue, which then does nothing', () => {
    const advice = `mount -o remount,rw ${device.root}`;
    expect(rpc('doctor').said).toContain(advice);
    const { code, said } = rpc('rescue', '--yes');
    expect(code).toBe(1);
    expect(said).toContain(`${device.root} is mounted read-only`);
    expect(said).toContain(advice);
    expect(said).not.toContain('not done');
  });
});

describe.skipIf(reason !== undefined)(title('a device that is full'), () => {
  beforeAll(() => {
    mkdirSync(filler());
    // The large blocks first, then what is left in small ones; each ends when nothing goes any more.
    for (const size of ['1M', '1k']) {
      spawnSync('dd', ['if=/dev/zero', `of=${join(filler(), size)}`, `bs=${size}`, 'conv=fsync']);
    }
  });
  afterAll(() => {
    rmSync(filler(), { recursive: true, force: true });
  });

  it('refuses an update and a roll-back, and says to make room', () => {
    for (const args of [apply, commands.rollback(device.root)]) {
      const { code, said, complaints } = run(args);
      expect(code).toBe(1);
      expect(last(said)).toMatchObject({ error: { code: 'no-space' } });
      expect(complaints).toMatch(/what runs was not touched -> make room/);
    }
  });

  it('is named by doctor, and rescue says what stops it', () => {
    expect(rpc('doctor').said).toContain(`make room on ${device.root}`);
    const { code, said } = rpc('rescue', '--yes');
    expect(code).toBe(1);
    expect(said).toMatch(/not done: no-space .* -> make room/);
    expect(said).toContain(`then pikit-rpc --root ${device.root} rescue again`);
  });

  it('takes the update once there is room again', () => {
    rmSync(filler(), { recursive: true });
    expect(existsSync(join(device.root, 'var/lib/pikit-update/journal.json'))).toBe(false);
    expect(run(apply)).toMatchObject({ code: 0 });
  });
});

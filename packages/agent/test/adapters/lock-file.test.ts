/** Real processes want the same lock, die holding it and race for what they left. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { makeTempDir, withTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { createClock } from '../../src/adapters/clock-system.ts';
import { createLock } from '../../src/adapters/lock-file.ts';
import { ownIdentity } from '../../src/adapters/process-alive.ts';
import type { Clock, Lock } from '../../src/ports.ts';

const run = promisify(execFile);
let built: TempDir;
let racer = '';

beforeAll(async () => {
  built = await makeTempDir();
  racer = join(built.path, 'racer.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'lock-racer.ts')],
    outfile: racer,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: {
      js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
    },
  });
});
afterAll(() => built.remove());

const withLock = (
  work: (lock: Lock, path: string) => Promise<void>,
  clock: Clock = createClock(),
): Promise<void> =>
  withTempDir((root) => {
    const path = join(root, 'run/pikit-update.lock');
    return work(createLock({ path, clock }), path);
  });

/** Does `meanwhile` where the lock would wait, and no time passes. */
const standingStill = (meanwhile: () => Promise<void>): Clock => ({
  ...createClock(),
  monotonicMs: () => 0,
  sleep: meanwhile,
});
const neverWaiting = standingStill(async () => {
  throw new Error('it waits');
});

async function startHolder(path: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [racer, 'hold', path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

async function claim(change: object): Promise<string> {
  const identity = await ownIdentity();
  return `${JSON.stringify({ nonce: 'n', ...identity, what: 'old', since: 's', ...change })}\n`;
}

describe('createLock', () => {
  it('lets one in, tells the other who it is, and lets it in afterwards', () =>
    withLock(async (lock) => {
      expect(await lock.holder()).toBeUndefined();
      const held = await lock.acquire('applying 1.3.0');
      const error = await expectCode(lock.acquire('again'), 'busy');
      expect(error.details).toMatchObject({ what: 'applying 1.3.0', pid: process.pid });
      expect(await lock.holder()).toEqual(error.details);
      await held.release();
      expect(await lock.holder()).toBeUndefined();
      await (await lock.acquire('again')).release();
    }));

  it('keeps a living process out and takes over at once when it is killed', () =>
    withLock(async (lock, path) => {
      const holder = await startHolder(path);
      const error = await expectCode(lock.acquire('mine'), 'busy');
      expect(error.details).toMatchObject({ what: 'held by a test', pid: holder.pid });
      await kill(holder);
      const held = await lock.acquire('mine');
      expect(await lock.holder()).toMatchObject({ pid: process.pid, what: 'mine' });
      await held.release();
      await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
    }, neverWaiting));

  it.each([
    ['of another boot', { boot: '00000000-0000-0000-0000-000000000000' }],
    ['of a process whose number was used again', { start: '1' }],
    ['of a process that is gone', { pid: 4_194_305 }],
  ])('takes over the lock %s', (_name, change) =>
    withLock(async (lock, path) => {
      await (await lock.acquire('to make the directory')).release();
      await writeFile(path, await claim(change));
      await (await lock.acquire('mine')).release();
    }),
  );

  it('does not believe a date: a living lock stays one however old the file is', () =>
    withLock(async (lock, path) => {
      const held = await lock.acquire('old');
      await run('touch', ['-d', '1999-01-01', path]);
      await expectCode(lock.acquire('mine'), 'busy');
      await held.release();
    }));

  it('takes over a file that nobody claims, after a second', () =>
    withLock(async (lock, path) => {
      await (await lock.acquire('to make the directory')).release();
      await writeFile(path, 'torn {"nonce"');
      const held = await lock.acquire('mine');
      await expectCode(lock.acquire('other'), 'busy');
      await held.release();
    }));

  it('waits for somebody who has made the file and is about to claim it', async () => {
    let begun = '';
    const clock = standingStill(async () => appendFile(begun, await claim({ what: 'came first' })));
    await withLock(async (lock, path) => {
      await (await lock.acquire('to make the directory')).release();
      await writeFile(path, '');
      begun = path;
      const error = await expectCode(lock.acquire('mine'), 'busy');
      expect(error.details).toMatchObject({ what: 'came first' });
    }, clock);
  });

  it('gives back only what is still its own', () =>
    withLock(async (lock, path) => {
      const held = await lock.acquire('mine');
      await unlink(path);
      const other = await lock.acquire('other');
      await held.release();
      expect(await lock.holder()).toMatchObject({ what: 'other' });
      await other.release();
      await other.release();
    }));

  it('never lets two of eight racers in, beginning with the lock of a dead process', () =>
    withLock(async (_lock, path) => {
      await kill(await startHolder(path));
      const racers = Array.from({ length: 8 }, () =>
        run(process.execPath, [racer, 'race', path, '12']),
      );
      const ends = await Promise.all(racers);
      expect(ends.map(({ stdout }) => stdout)).toEqual(Array.from({ length: 8 }, () => '12\n'));
      await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
    }));

  it('leaves nothing behind when the holder ends by itself', () =>
    withLock(async (lock, path) => {
      const holder = await startHolder(path);
      const exit = once(holder, 'exit');
      holder.kill('SIGTERM');
      await exit;
      await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
      await (await lock.acquire('mine')).release();
    }));
});

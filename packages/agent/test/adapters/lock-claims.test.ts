/** Which of several claims counts, without any racing; the races are tested with the lock itself. */
import { appendFile, open, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { createClock } from '../../src/adapters/clock-system.ts';
import { claimLock, countingClaim, type LockFile } from '../../src/adapters/lock-claims.ts';
import { ownIdentity } from '../../src/adapters/process-alive.ts';

const clock = createClock();

const claim = (lock: LockFile) => claimLock(lock, { what: 'mine', created: true, clock });

const withFile = (work: (lock: LockFile) => Promise<void>): Promise<void> =>
  withTempDir(async (root) => {
    const path = join(root, 'lock');
    await writeFile(path, '');
    const file = await open(path, 'a+');
    try {
      await work({ path, file });
    } finally {
      await file.close();
    }
  });

async function line(nonce: string, change: object = {}): Promise<string> {
  const claim = { nonce, ...(await ownIdentity()), what: nonce, since: 's', ...change };
  return `${JSON.stringify(claim)}\n`;
}

describe('countingClaim', () => {
  it('is the first of a living process that was not withdrawn, and no line that is none', () =>
    withFile(async ({ path, file }) => {
      expect(await countingClaim(file)).toBeUndefined();
      await appendFile(path, 'junk\n{"half"');
      await appendFile(path, `\n${await line('dead', { start: '1' })}`);
      await appendFile(path, await line('withdrawn'));
      await appendFile(path, await line('mine'));
      await appendFile(path, await line('late'));
      await appendFile(path, '{"withdrawn":"withdrawn"}\n');
      expect((await countingClaim(file))?.nonce).toBe('mine');
    }));
});

describe('claimLock', () => {
  it('claims what is nobody’s and is then the one that counts', () =>
    withFile(async (lock) => {
      const nonce = await claim(lock);
      expect((await countingClaim(lock.file))?.nonce).toBe(nonce);
    }));

  it('writes nothing to the lock of somebody else', () =>
    withFile(async (lock) => {
      await appendFile(lock.path, await line('theirs'));
      const before = await readFile(lock.path, 'utf8');
      expect((await expectCode(claim(lock), 'busy')).details['what']).toBe('theirs');
      expect(await readFile(lock.path, 'utf8')).toBe(before);
    }));

  it('neither claims nor is refused by a file that was given back meanwhile', () =>
    withFile(async (lock) => {
      await appendFile(lock.path, await line('theirs'));
      await unlink(lock.path);
      expect(await claim(lock)).toBeUndefined();
    }));
});

/**
 * A process of its own that wants the lock, for the lock's tests. `hold`: takes it and waits to be killed. `race`: takes
 * and gives it back over and over, and fails when it is not alone in between.
 */
import { mkdirSync, rmdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { UpdateError } from '@pikit/protocol';
import { createClock } from '../../src/adapters/clock-system.ts';
import { createLock } from '../../src/adapters/lock-file.ts';

const [mode = '', path = '', turns = '1'] = process.argv.slice(2);
const lock = createLock({ path, clock: createClock() });

if (mode === 'hold') {
  await lock.acquire('held by a test');
  process.stdout.write('held\n');
  await sleep(60_000);
}

let taken = 0;
while (taken < Number(turns)) {
  try {
    const held = await lock.acquire('racing');
    // Throws when somebody else is inside.
    mkdirSync(`${path}.inside`);
    await sleep(1);
    rmdirSync(`${path}.inside`);
    await held.release();
    taken += 1;
  } catch (error) {
    if (!(error instanceof UpdateError && error.code === 'busy')) throw error;
    await sleep(Math.random() * 4);
  }
}
process.stdout.write(`${taken}\n`);

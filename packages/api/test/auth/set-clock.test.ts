/** Which stamps move when the clock of the device is set, and which do not. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createSetClock } from '../../src/auth/set-clock.ts';

const DAY_MS = 86_400_000;
const BEGAN = 1_700_000_000_000;

let passed: number;
let off: number;

beforeEach(() => {
  passed = 0.3;
  off = 0;
});
const start = () =>
  createSetClock({ now: () => BEGAN + Math.floor(passed) + off, steady: () => passed });

describe('createSetClock', () => {
  it('says nothing while time passes and is corrected a little', () => {
    const wasSet = start();
    passed += 3 * DAY_MS;
    off = 59_000;
    expect(wasSet()).toBeUndefined();
  });

  it.each([400 * DAY_MS, -400 * DAY_MS])('moves once what was stamped before, by %d', (jump) => {
    const wasSet = start();
    passed += 5000.4;
    off = jump;
    const move = wasSet();
    expect(move?.(BEGAN)).toBe(BEGAN + jump);
    expect(move?.(BEGAN + 5000)).toBe(BEGAN + 5000 + jump);
    expect(wasSet()).toBeUndefined();
  });

  it('leaves what an earlier process has stamped', () => {
    const wasSet = start();
    off = DAY_MS;
    const move = wasSet();
    expect(move?.(BEGAN - 1)).toBe(BEGAN - 1);
    expect(move?.(BEGAN + DAY_MS / 2)).toBe(BEGAN + DAY_MS / 2);
  });

  it('follows a clock that is set twice', () => {
    const wasSet = start();
    off = DAY_MS;
    wasSet();
    off = 3 * DAY_MS;
    expect(wasSet()?.(BEGAN + DAY_MS)).toBe(BEGAN + 3 * DAY_MS);
  });
});

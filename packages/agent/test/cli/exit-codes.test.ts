/** What scripts and timers rely on: each error code has one exit code, and those in the help never move. */
import { ERROR_CODES, type ErrorCode } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { EXIT, exitCodeOf } from '../../src/cli/exit-codes.ts';

const SPECIAL: Readonly<Partial<Record<ErrorCode, number>>> = {
  'invalid-request': 2,
  'agent-unreachable': 69,
  busy: 75,
  forbidden: 77,
  'config-invalid': 78,
};

describe('exitCodeOf', () => {
  it.each(ERROR_CODES.map((code) => ({ code, exit: SPECIAL[code] ?? 1 })))(
    'makes $code to $exit',
    ({ code, exit }) => {
      expect(exitCodeOf(code)).toBe(exit);
    },
  );

  it('never calls an error a success', () => {
    expect(ERROR_CODES.map(exitCodeOf)).not.toContain(EXIT.ok);
  });
});

describe('EXIT', () => {
  it('gives each case a number of its own', () => {
    const numbers = Object.values(EXIT);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(EXIT).toMatchObject({ ok: 0, failed: 1, usage: 2 });
  });
});

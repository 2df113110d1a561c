/** The one-time code: how often, how long, and that nobody else can use it up. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createSetUpCode } from '../../src/auth/set-up-code.ts';

const MINUTE_MS = 60_000;
const WRONG = '00000-00000-00000';

const atTime = () => {
  const clock = { ms: 0 };
  return { clock, setUpCode: createSetUpCode(() => clock.ms) };
};

describe('createSetUpCode', () => {
  it('issues what can be read out and typed, another one each time', () => {
    const { setUpCode } = atTime();
    const codes = Array.from({ length: 50 }, () => setUpCode.issue());
    for (const code of codes) {
      expect(code).toMatch(/^[2-9A-HJKMNP-TW-Z]{5}(?:-[2-9A-HJKMNP-TW-Z]{5}){2}$/);
    }
    expect(new Set(codes).size).toBe(50);
  });

  it('takes it in small letters and without the hyphens', () => {
    const { setUpCode } = atTime();
    const code = setUpCode.issue();
    setUpCode.check(code);
    setUpCode.check(` ${code.toLowerCase().replaceAll('-', '')} `);
  });

  it('counts no more when it is spent, nor when another one was issued', async () => {
    const { setUpCode } = atTime();
    const first = setUpCode.issue();
    const second = setUpCode.issue();
    const error = await expectCode(() => setUpCode.check(first), 'unauthenticated');
    expect(error.details).toEqual({ reason: 'wrong-code' });
    setUpCode.spend();
    const spent = await expectCode(() => setUpCode.check(second), 'forbidden');
    expect(spent.details).toEqual({ reason: 'no-code' });
  });

  it('is not used up by whoever guesses', async () => {
    const { setUpCode } = atTime();
    const code = setUpCode.issue();
    for (let i = 0; i < 1000; i += 1) {
      await expectCode(() => setUpCode.check(WRONG), 'unauthenticated');
    }
    setUpCode.check(code);
  });

  it('counts for an hour', async () => {
    const { clock, setUpCode } = atTime();
    const code = setUpCode.issue();
    clock.ms += 60 * MINUTE_MS - 1;
    setUpCode.check(code);
    clock.ms += 1;
    await expectCode(() => setUpCode.check(code), 'forbidden');
  });

  it('is not there before it was issued', async () => {
    await expectCode(() => atTime().setUpCode.check(''), 'forbidden');
  });
});

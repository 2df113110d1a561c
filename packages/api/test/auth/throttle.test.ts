/** How fast somebody may guess: alone, and with many machines. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createThrottle, delayAfter } from '../../src/auth/throttle.ts';

const atTime = () => {
  const clock = { ms: 1_000_000 };
  return { clock, throttle: createThrottle(() => clock.ms) };
};

describe('delayAfter', () => {
  it.each([
    [0, 0],
    [4, 0],
    [5, 1000],
    [6, 2000],
    [8, 8000],
    [20, 300_000],
    [2000, 300_000],
  ])('makes an address wait after %i failures for %i ms', (count, expected) => {
    expect(delayAfter(count)).toBe(expected);
  });
});

describe('createThrottle', () => {
  it('slows one address down and says how long to wait', async () => {
    const { clock, throttle } = atTime();
    for (let i = 0; i < 6; i += 1) {
      throttle.attempt('a');
      clock.ms += i < 4 ? 0 : 1000;
    }
    const error = await expectCode(() => throttle.attempt('a'), 'rate-limited');
    expect(error.details).toEqual({ retryAfterSeconds: 1 });
    throttle.attempt('b');
    clock.ms += 1000;
    throttle.attempt('a');
  });

  it('forgets the failures of an address that got in', () => {
    const { throttle } = atTime();
    for (let i = 0; i < 4; i += 1) throttle.attempt('a');
    throttle.attempt('a');
    throttle.succeeded('a');
    throttle.attempt('a');
  });

  it('forgets the failures of an address after an hour', () => {
    const { clock, throttle } = atTime();
    for (let i = 0; i < 5; i += 1) throttle.attempt('a');
    clock.ms += 60 * 60_000 + 1;
    for (let i = 0; i < 5; i += 1) throttle.attempt('a');
  });

  it('limits all addresses together and lets one more in as time passes', async () => {
    const { clock, throttle } = atTime();
    for (let i = 0; i < 20; i += 1) throttle.attempt(`10.0.0.${i}`);
    const error = await expectCode(() => throttle.attempt('10.0.1.1'), 'rate-limited');
    expect(error.details).toEqual({ retryAfterSeconds: 10 });
    clock.ms += 10_000;
    throttle.attempt('10.0.1.1');
  });

  it('does not keep those out who got in before, however many others try', async () => {
    const { clock, throttle } = atTime();
    throttle.attempt('home');
    throttle.succeeded('home');
    for (let hour = 0; hour < 3; hour += 1) {
      for (let i = 0; i < 20; i += 1) throttle.attempt(`10.0.${hour}.${i}`);
      await expectCode(() => throttle.attempt('elsewhere'), 'rate-limited');
      throttle.attempt('home');
      throttle.succeeded('home');
      await expectCode(() => throttle.attempt('elsewhere'), 'rate-limited');
      clock.ms += 3_600_000;
    }
    for (let i = 0; i < 5; i += 1) throttle.attempt('home');
    await expectCode(() => throttle.attempt('home'), 'rate-limited');
  });

  it('knows from the beginning where somebody got in before', async () => {
    const throttle = createThrottle(() => 0, ['home']);
    for (let i = 0; i < 20; i += 1) throttle.attempt(`10.0.0.${i}`);
    await expectCode(() => throttle.attempt('elsewhere'), 'rate-limited');
    throttle.attempt('home');
  });

  it('does not count those who get in against everybody', () => {
    const { throttle } = atTime();
    for (let i = 0; i < 100; i += 1) {
      throttle.attempt('a');
      throttle.succeeded('a');
    }
    throttle.attempt('b');
  });
});

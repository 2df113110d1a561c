/** Order, and a failure that stays with its caller. */
import { describe, expect, it } from 'vitest';
import { createTurns } from '../../src/updater/in-turn.ts';

describe('createTurns', () => {
  it('runs one piece after the other, in the order of asking', async () => {
    const inTurn = createTurns();
    const seen: string[] = [];
    const piece = (name: string, turns: number) => async () => {
      seen.push(`${name} begins`);
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      seen.push(`${name} ends`);
      return name;
    };
    const answers = await Promise.all([inTurn(piece('slow', 20)), inTurn(piece('quick', 0))]);
    expect(answers).toEqual(['slow', 'quick']);
    expect(seen).toEqual(['slow begins', 'slow ends', 'quick begins', 'quick ends']);
  });

  it('goes on after a failure, which only its caller sees', async () => {
    const inTurn = createTurns();
    const failing = inTurn(async () => Promise.reject(new RangeError('mine')));
    const next = inTurn(async () => 'next');
    await expect(failing).rejects.toBeInstanceOf(RangeError);
    expect(await next).toBe('next');
  });
});

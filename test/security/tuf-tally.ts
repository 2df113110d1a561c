/** Counts the attacks of one file: those tried, and those whose test failed. */
import { it } from 'vitest';
import { countAttacks } from './tally.ts';

export function createTufTally() {
  let attacks = 0;
  let wrong = 0;
  return {
    /** A test that is an attack. */
    attack(name: string, work: () => Promise<void>): void {
      it(name, async () => {
        attacks += 1;
        wrong += 1;
        await work();
        wrong -= 1;
      });
    },
    close: (): void => countAttacks({ kind: 'tuf', attacks, wrong }),
  };
}

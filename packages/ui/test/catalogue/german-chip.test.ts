/** What the closed or empty dialog says in German is complete, and says nothing in English. */
import { describe, expect, it } from 'vitest';
import { englishChip } from '../../src/catalogue/english-chip.ts';
import { germanChip } from '../../src/catalogue/german-chip.ts';
import { keepsTheRulesOfTheChip } from '../support/catalogue-rules.ts';

describe('germanChip', () => {
  keepsTheRulesOfTheChip(germanChip);

  it.each(['phases', 'unversioned', 'frame'] as const)('has %s of its own', (part) => {
    const [own, others] = [Object.values(germanChip[part]), Object.values(englishChip[part])];
    expect(own.filter((text: string) => others.some((other) => other === text))).toEqual([]);
  });
});

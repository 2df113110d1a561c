/** The catalogue in German is complete, and says nothing in English. */
import { describe, expect, it } from 'vitest';
import { english } from '../../src/catalogue/english.ts';
import { german } from '../../src/catalogue/german.ts';
import { keepsTheRules } from '../support/catalogue-rules.ts';

describe('german', () => {
  keepsTheRules(german);

  it.each(['reasons', 'buttons', 'files', 'release'] as const)('has %s of its own', (part) => {
    const [own, others] = [Object.values(german[part]), Object.values(english[part])];
    expect(own.filter((text) => typeof text === 'string' && others.includes(text))).toEqual([]);
  });
});

/** What the page says in German: the same facts, and nothing in English. */
import { describe, expect, it } from 'vitest';
import { english } from '../../../src/host/catalogue/english.ts';
import { german } from '../../../src/host/catalogue/german.ts';
import { keepsTheRulesOfWords } from '../../support/catalogue-rules.ts';

describe('german', () => {
  keepsTheRulesOfWords(german, english, 20);

  it.each(['settings', 'file', 'history'] as const)('has %s of its own', (part) => {
    const [own, others] = [Object.entries(german[part]), new Map(Object.entries(english[part]))];
    expect(own.filter(([key, text]) => /[a-z]{3}/.test(text) && others.get(key) === text)).toEqual(
      [['took', 'in {took}']].filter(() => part === 'history'),
    );
  });
});

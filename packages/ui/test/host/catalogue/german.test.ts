/** What the page says in German: the same facts, and nothing in English. */
import { describe, expect, it } from 'vitest';
import { german as elementGerman } from '../../../src/catalogue/german.ts';
import { english } from '../../../src/host/catalogue/english.ts';
import { german } from '../../../src/host/catalogue/german.ts';
import { keepsTheRulesOfWords } from '../../support/catalogue-rules.ts';

describe('german', () => {
  keepsTheRulesOfWords(german, english, 20);

  it.each(['settings', 'file', 'access', 'password', 'card'] as const)(
    'has %s of its own',
    (part) => {
      const others = new Map<string, string>(Object.entries(english[part]));
      const same = Object.entries(german[part]).filter(
        ([key, text]) => others.get(key) === text && !/^\{\w+\}\W?$/.test(text),
      );
      expect(same).toEqual(part === 'access' ? [['name', 'Name']] : []);
    },
  );

  it('keeps nothing with a word that also means to abolish', () => {
    expect(JSON.stringify([german, elementGerman])).not.toMatch(/aufheben|aufgehoben/i);
  });
});

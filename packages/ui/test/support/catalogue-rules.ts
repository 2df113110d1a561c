/** What every language must keep to, as tests: complete for the closed lists of the protocol, and with the facts that English has. */
import { ERROR_CODES, OUTCOMES, PHASES } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import type { AllErrorWords } from '../../src/catalogue/error-words.ts';
import { englishChip, type ChipWords } from '../../src/catalogue/english-chip.ts';
import { english, type DialogWords } from '../../src/catalogue/english.ts';
import { fill } from '../../src/model/fill.ts';
import { createFormat } from '../../src/model/format.ts';

/** Every text by its path. */
function textsOf(value: unknown, path = ''): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsOf(inner, `${path}.${key}`));
}

/** Everything between braces in a template, with how it is shown. */
const factsOf = (template: string): readonly string[] =>
  [...template.matchAll(/\{([\w|]+)/g)].map(([, name = '']) => name).toSorted();

const factsByPath = (words: unknown) =>
  Object.fromEntries(textsOf(words).map(([path, text]) => [path, factsOf(text)]));

export function keepsTheRulesOfTheChip(words: ChipWords): void {
  it('names every phase', () => {
    expect(Object.keys(words.phases)).toEqual([...PHASES]);
  });

  it('shares no key with the words of the dialog, which are put beside these', () => {
    expect(Object.keys(words).filter((key) => Object.hasOwn(english, key))).toEqual([]);
  });

  keepsTheRulesOfWords(words, englishChip, 35);
}

export function keepsTheRules(words: DialogWords): void {
  it.each(['apply', 'rollback', 'repair'] as const)(
    'says every outcome of a %s and the state after it',
    (kind) => {
      const said = [...Object.keys(words.outcomes[kind]), 'staged'];
      expect(said.toSorted()).toEqual([...OUTCOMES].toSorted());
      for (const { title, state } of Object.values(words.outcomes[kind])) {
        expect(title).not.toBe('');
        expect(state).toMatch(/\.$/);
      }
    },
  );

  keepsTheRulesOfWords(words, english, 150);
}

/** `original` is the same in English; `least` guards against a walk that finds nothing. */
export function keepsTheRulesOfWords(words: unknown, original: unknown, least: number): void {
  it('leaves no text empty and none with a word of the machine room', () => {
    const texts = textsOf(words);
    expect(texts.length).toBeGreaterThan(least);
    for (const [, text] of texts) {
      expect(text.trim()).not.toBe('');
      expect(text).not.toMatch(/\b(transaction|daemon|payload|null|undefined|exception)\b/i);
    }
  });

  it('speaks of the same facts as English', () => {
    expect(factsByPath(words)).toEqual(factsByPath(original));
  });
}

export function keepsTheRulesOfErrors(tag: string, all: AllErrorWords): void {
  const format = createFormat(tag);
  const rows = [
    ...Object.entries(all.errors),
    ['out of inodes', all.outOfInodes] as const,
    ['in place', all.inPlace] as const,
  ];

  it('has words for every code that can come to a page, and for no code that does not exist', () => {
    expect([...Object.keys(all.errors), 'already-published'].toSorted()).toEqual(
      [...ERROR_CODES, 'no-api', 'no-connection'].toSorted(),
    );
  });

  describe.each(rows)('%s', (code, { title, whatToDo }) => {
    it('is a title and a sentence without its facts', () => {
      expect(fill(title, {}, format)).toMatch(/^\p{Lu}[^{}[\]|]*[\w)]$/u);
      expect(fill(whatToDo, {}, format)).toMatch(/^\p{Lu}[^{}[\]|]*(\.|\.rollback|-agent)$/u);
    });

    it('has a title of a few words, and says what to do in more', () => {
      expect(title).toMatch(/^\p{Lu}.{4,80}$/u);
      expect(whatToDo.split(' ').length).toBeGreaterThan(3);
    });

    it('shows every fact that it speaks of', () => {
      const template = title + whatToDo;
      const names = factsOf(template).map((fact) => fact.replace(/\|.*/, ''));
      const details = Object.fromEntries(names.map((name) => [name, `<${name}>`]));
      const text = fill(template, details, format);
      for (const shown of Object.values(details)) expect(text).toContain(shown);
      expect(text).not.toMatch(/[{}[\]|]/);
    });

    it('shows its own name to nobody', () => {
      if (code.includes('-')) expect(`${title} ${whatToDo}`).not.toContain(code);
      expect(`${title} ${whatToDo}`).not.toMatch(/\b(JSON-RPC|errno|stack)\b/i);
    });
  });

  it('says something different for each code', () => {
    const titles = rows.map(([, { title }]) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });
}

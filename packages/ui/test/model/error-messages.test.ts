/** Every code has words, and they read well with and without its facts. */
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '@pikit/protocol';
import { errorMessages, inPlace, outOfInodes } from '../../src/model/error-messages.ts';
import { fill } from '../../src/model/fill.ts';
import { createFormat } from '../../src/model/format.ts';

const format = createFormat('en');
const ALL = [
  ...Object.entries(errorMessages),
  ['out of inodes', outOfInodes] as const,
  ['in place', inPlace] as const,
];

/** Everything between braces in a template. */
const factsOf = (template: string): readonly string[] =>
  [...template.matchAll(/\{(\w+)/g)].map(([, name = '']) => name);

describe('errorMessages', () => {
  it('has words for every code and for no code that does not exist', () => {
    expect(Object.keys(errorMessages).toSorted()).toEqual(
      [...ERROR_CODES, 'no-connection'].toSorted(),
    );
  });

  it.each(ALL)('%s: is a title and a sentence without its facts', (_, { title, whatToDo }) => {
    expect(fill(title, {}, format)).toMatch(/^[A-Z][^{}[\]|]*[\w)]$/);
    expect(fill(whatToDo, {}, format)).toMatch(/^[A-Z][^{}[\]|]*(\.|\.rollback|-agent)$/);
  });

  it.each(ALL)('%s: shows every fact that it speaks of', (_, { title, whatToDo }) => {
    const template = title + whatToDo;
    const details = Object.fromEntries(factsOf(template).map((name) => [name, `<${name}>`]));
    const text = fill(template, details, format);
    for (const shown of Object.values(details)) expect(text).toContain(shown);
    expect(text).not.toMatch(/[{}[\]|]/);
  });
});

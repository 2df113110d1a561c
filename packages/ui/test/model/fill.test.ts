/** Facts in sentences: what is missing leaves no hole, what is given is never read as a template. */
import { describe, expect, it } from 'vitest';
import { fill } from '../../src/model/fill.ts';
import { createFormat } from '../../src/model/format.ts';

const format = createFormat('en');

describe('fill', () => {
  it.each([
    ['puts a fact in', 'Version {v}', { v: '1.4.0' }, 'Version 1.4.0'],
    ['writes a size', 'of {n|bytes}', { n: 2_841_600 }, 'of 2.8 MB'],
    ['leaves out a part without its fact', 'Full.[ Free: {n|bytes}]', {}, 'Full.'],
    ['leaves out a part with one fact of two', 'A[ {a} {b}]', { a: 'x' }, 'A'],
    ['keeps a part with all facts', 'A[ {a} {b}]', { a: 'x', b: 0 }, 'A x 0'],
    ['leaves an empty place for a fact outside of a part', 'A{a}', {}, 'A'],
    ['takes no fact from the object’s ancestors', 'A[{constructor}]', {}, 'A'],
    ['reads no template in a value', '{a}', { a: '[{b}]', b: 'no' }, '[{b}]'],
    ['shows a size that is text as it is', '{n|bytes}', { n: 'much' }, 'much'],
  ])('%s', (_, template, details, text) => {
    expect(fill(template, details, format)).toBe(text);
  });
});

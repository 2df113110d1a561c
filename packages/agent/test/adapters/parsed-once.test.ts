/** The content decides, and a parser that refuses is asked again. */
import { expect, it } from 'vitest';
import { createParsedOnce } from '../../src/adapters/parsed-once.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function createCounting() {
  let calls = 0;
  const parse = (content: Uint8Array): { readonly text: string } => {
    calls += 1;
    const text = new TextDecoder().decode(content);
    if (text === '') throw new RangeError('nothing');
    return { text };
  };
  return { parse, calls: () => calls };
}

it('parses equal bytes once, and others anew', () => {
  const parsedOnce = createParsedOnce();
  const { parse, calls } = createCounting();
  const first = parsedOnce(bytes('a'), parse);
  expect(parsedOnce(bytes('a'), parse).value).toBe(first.value);
  expect(parsedOnce(bytes('b'), parse).value).toEqual({ text: 'b' });
  expect(parsedOnce(bytes('b'), parse).sha256).not.toBe(first.sha256);
  expect(calls()).toBe(2);
});

it('gives no parser what another has made', () => {
  const parsedOnce = createParsedOnce();
  const { parse } = createCounting();
  parsedOnce(bytes('a'), parse);
  expect(parsedOnce(bytes('a'), (content) => content.length).value).toBe(1);
});

it('remembers no failure', () => {
  const parsedOnce = createParsedOnce();
  const { parse, calls } = createCounting();
  for (let round = 0; round < 2; round += 1) {
    expect(() => parsedOnce(bytes(''), parse)).toThrow(RangeError);
  }
  expect(calls()).toBe(2);
});

it('forgets what was not asked for longest', () => {
  const parsedOnce = createParsedOnce();
  const { parse, calls } = createCounting();
  parsedOnce(bytes('kept'), parse);
  for (let index = 0; index < 20; index += 1) {
    parsedOnce(bytes(String(index)), parse);
    parsedOnce(bytes('kept'), parse);
  }
  expect(calls()).toBe(21);
  parsedOnce(bytes('0'), parse);
  expect(calls()).toBe(22);
});

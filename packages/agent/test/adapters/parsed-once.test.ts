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
  const { understand } = createParsedOnce();
  const { parse, calls } = createCounting();
  const first = understand(bytes('a'), parse);
  expect(understand(bytes('a'), parse).value).toBe(first.value);
  expect(understand(bytes('b'), parse).value).toEqual({ text: 'b' });
  expect(understand(bytes('b'), parse).sha256).not.toBe(first.sha256);
  expect(calls()).toBe(2);
});

it('gives no parser what another has made', () => {
  const { understand } = createParsedOnce();
  const { parse } = createCounting();
  understand(bytes('a'), parse);
  expect(understand(bytes('a'), (content) => content.length).value).toBe(1);
});

it('remembers no failure', () => {
  const { understand } = createParsedOnce();
  const { parse, calls } = createCounting();
  for (let round = 0; round < 2; round += 1) {
    expect(() => understand(bytes(''), parse)).toThrow(RangeError);
  }
  expect(calls()).toBe(2);
});

it('forgets what was not asked for longest', () => {
  const { understand } = createParsedOnce();
  const { parse, calls } = createCounting();
  understand(bytes('kept'), parse);
  for (let index = 0; index < 20; index += 1) {
    understand(bytes(String(index)), parse);
    understand(bytes('kept'), parse);
  }
  expect(calls()).toBe(21);
  understand(bytes('0'), parse);
  expect(calls()).toBe(22);
});

it('recalls by the digest alone what this parser has understood', () => {
  const { recall, understand } = createParsedOnce();
  const { parse, calls } = createCounting();
  const { value, sha256 } = understand(bytes('a'), parse);
  expect(recall(sha256, parse)?.value).toBe(value);
  expect(recall(sha256, (content) => content.length)).toBeUndefined();
  expect(recall('0'.repeat(64), parse)).toBeUndefined();
  expect(calls()).toBe(1);
});

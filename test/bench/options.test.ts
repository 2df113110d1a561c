/** What the command line of the bench means, and what it refuses. */
import { expect, it } from 'vitest';
import { readOptions } from './options.ts';

const names = (values: readonly { readonly name: string }[]): readonly string[] =>
  values.map(({ name }) => name);

it('measures everything and writes the documents unless it is told otherwise', () => {
  const options = readOptions([], '/checkout');
  expect(names(options.workloads)).toEqual(['S', 'M', 'L']);
  expect(options.changes).toEqual(['typical', 'all', 'none']);
  expect(names(options.peers)).toContain('naive');
  expect(options).toMatchObject({ docs: '/checkout/docs', json: false, seconds: undefined });
});

it('takes S, a limit of time and no documents for a quick run', () => {
  const options = readOptions(['update', '--quick', '--json'], '/checkout');
  expect(names(options.workloads)).toEqual(['S']);
  expect(options).toMatchObject({ docs: undefined, json: true, seconds: 75 });
});

it('keeps its own order, and writes no documents of a part', () => {
  const options = readOptions(['--peer', 'pikit,naive', '--workload', 'M,S'], '/checkout');
  expect(names(options.peers)).toEqual(['naive', 'pikit']);
  expect(names(options.workloads)).toEqual(['S', 'M']);
  expect(options.docs).toBeUndefined();
});

it.each([
  [['api'], 'there is no bench called api'],
  [['update', 'twice'], 'too many words'],
  [['--peer', 'rauc'], '--peer takes some of naive'],
  [['--rounds', '0'], '--rounds takes a number'],
  [['--seconds', 'ten'], '--seconds takes a number'],
  [['--fast'], 'Unknown option'],
])('refuses %j', (argv, words) => {
  expect(() => readOptions(argv, '/')).toThrow(words);
});

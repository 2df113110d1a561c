/** What the command line of the bench means, and what it refuses. */
import { expect, it } from 'vitest';
import { readOptions } from './options.ts';

const names = (values: readonly { readonly name: string }[]): readonly string[] =>
  values.map(({ name }) => name);

it('measures everything and writes the documents unless it is told otherwise', () => {
  const options = readOptions([], '/checkout');
  expect(names(options.workloads).slice(0, 7)).toEqual([
    'S',
    'M',
    'L',
    'S-card',
    'M-card',
    'homebridge',
    'homebridge-link',
  ]);
  expect(names(options.workloads)).toContain('9-of-10000');
  expect(options.changes).toEqual(['typical', 'all', 'none']);
  expect(names(options.peers)).toContain('naive');
  expect(options).toMatchObject({ docs: '/checkout/docs', json: false, seconds: undefined });
});

it('takes S, a limit of time and no documents for a quick run', () => {
  const options = readOptions(['update', '--quick', '--json'], '/checkout');
  expect(names(options.workloads)).toEqual(['S']);
  expect(options).toMatchObject({ docs: undefined, json: true, seconds: 60 });
});

it('keeps its own order, and writes no documents of a part', () => {
  const options = readOptions(['--peer', 'pikit,naive', '--workload', 'M,S'], '/checkout');
  expect(names(options.peers)).toEqual(['naive', 'pikit']);
  expect(names(options.workloads)).toEqual(['S', 'M']);
  expect(options.docs).toBeUndefined();
});

it('takes groups of workloads, and another pair of versions for once', () => {
  const slopes = names(readOptions(['--workload', 'slope,S'], '/').workloads);
  expect([slopes.length, slopes[0], slopes[1]]).toEqual([7, 'S', '9-of-300']);
  const options = readOptions(['--package', '@scope/web-page@1.0.0-rc.1..1.0.0'], '/checkout');
  expect(options.docs).toBeUndefined();
  expect(options.workloads).toMatchObject([
    { name: 'web-page', package: '@scope/web-page', versions: ['1.0.0-rc.1', '1.0.0'] },
    { name: 'web-page-link', link: { megabitsPerSecond: 20, roundTripMs: 40 } },
    { name: 'web-page-home', card: { megabytesPerSecond: 20 } },
  ]);
});

it.each([
  [['--workload', 'S,XXL'], '--workload takes some of XS, S'],
  [['--package', 'web-page@1.0.0'], '--package takes NAME@OLD..NEW'],
  [['--package', '--registry=x@1..2'], 'argument is ambiguous'],
  [['--package=--registry=x@1..2'], '--package takes NAME@OLD..NEW'],
  [['pages'], 'there is no bench called pages'],
  [['update', 'twice'], 'too many words'],
  [['--peer', 'rauc'], '--peer takes some of naive'],
  [['--rounds', '0'], '--rounds takes a number'],
  [['--seconds', 'ten'], '--seconds takes a number'],
  [['--fast'], 'Unknown option'],
])('refuses %j', (argv, words) => {
  expect(() => readOptions(argv, '/')).toThrow(words);
});

/** That no block of a page is overlooked. */
import { describe, expect, it } from 'vitest';
import { blocksOf } from './page-blocks.ts';

const FENCE = '```';

describe('blocksOf', () => {
  it('finds each block with its language and its place', () => {
    const page = ['# A', `${FENCE}sh`, 'a', '', 'b', FENCE, 'words', FENCE, 'c', FENCE].join('\n');
    expect(blocksOf(page)).toEqual([
      { language: 'sh', text: 'a\n\nb', line: 2, notRun: undefined },
      { language: '', text: 'c', line: 8, notRun: undefined },
    ]);
  });

  it('takes a comment for the block behind it alone', () => {
    const block = [`${FENCE}sh`, 'a', FENCE];
    const page = [
      '<!-- not run: b -->',
      '',
      ...block,
      ...block,
      '<!-- not run: c -->',
      'd',
      ...block,
    ];
    expect(blocksOf(page.join('\n')).map(({ notRun }) => notRun)).toEqual([
      'b',
      undefined,
      undefined,
    ]);
  });

  it('refuses one without an end', () => {
    expect(() => blocksOf(`${FENCE}sh\na`)).toThrow('line 1');
  });
});

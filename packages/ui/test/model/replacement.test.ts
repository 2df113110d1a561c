/** Whether a page was replaced, from its text. */
import { describe, expect, it } from 'vitest';
import { assetsOf, isReplaced } from '../../src/model/replacement.ts';

const PAGE = 'http://pi.local/dash/';

describe('assetsOf', () => {
  it('finds scripts and style sheets, however they are written', () => {
    const html = `<link rel="icon" href="i.svg"><LINK href='/a-1.css' REL=stylesheet>
      <script type="module" crossorigin src="./assets/b-2.js"></script><script>inline()</script>
      <link rel="modulepreload" href="c.js"><script src=d.js></script>`;
    expect(assetsOf(html, PAGE)).toEqual([
      'http://pi.local/a-1.css',
      'http://pi.local/dash/assets/b-2.js',
      'http://pi.local/dash/d.js',
    ]);
  });

  it('finds nothing in a page without any', () => {
    expect(assetsOf('<p>502 Bad Gateway</p>', PAGE)).toEqual([]);
  });
});

describe('isReplaced', () => {
  it.each([
    ['the same assets', ['a', 'b'], ['a', 'b'], false],
    ['a new name', ['a', 'b'], ['a', 'c'], true],
    ['a script that a script has added', ['a', 'b', 'added'], ['a', 'b'], false],
    ['an error page', ['a'], [], false],
  ])('%s', (_, shown, served, expected) => {
    expect(isReplaced(shown, served)).toBe(expected);
  });
});

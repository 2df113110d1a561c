/** Which files a built page needs. */
import { describe, expect, it } from 'vitest';
import { pageAssets } from '../../src/adapters/page-assets.ts';

const at = (html: string) => pageAssets(html, 'http://h/app/index.html');

const MAIN = '<script src="main.js"></script>';

describe('pageAssets', () => {
  it('finds what a built page names', () => {
    const html = `<!doctype html><html><head>
      <link rel="icon" href="/favicon.svg">
      <script type="module" crossorigin src="/assets/index-a1.js"></script>
      <link rel="modulepreload" crossorigin href="/assets/vendor-b2.js">
      <LINK REL='stylesheet' HREF='style.css?a=1&amp;b=2' />
      <link rel=stylesheet href=../x.css>
      </head></html>`;
    expect(at(html)).toEqual([
      'http://h/favicon.svg',
      'http://h/assets/index-a1.js',
      'http://h/assets/vendor-b2.js',
      'http://h/app/style.css?a=1&b=2',
      'http://h/x.css',
    ]);
  });

  it('leaves out other origins, other links, inline scripts and comments', () => {
    const html = `<script src="https://cdn/x.js"></script><script src="//cdn/x.js"></script>
      <link rel="canonical" href="/a"><link rel="alternate" href="/feed">
      <script>document.write('x')</script><script src=""></script>
      <!-- <script src="/old.js"></script> --><link rel="icon" href="data:image/png;base64,AA">`;
    expect(at(html)).toEqual([]);
  });

  it('goes by the base that the page names, as long as it is of this server', () => {
    expect(at(`<base href="/pikit/">${MAIN}`)).toEqual(['http://h/pikit/main.js']);
    expect(at(`<base target="_top"><base href="a/"><base href="/b/">${MAIN}`)).toEqual([
      'http://h/app/a/main.js',
    ]);
    expect(at(`<base href="https://cdn/">${MAIN}`)).toEqual([]);
    expect(at(`<base href="http://[">${MAIN}`)).toEqual(['http://h/app/main.js']);
  });

  it('takes nothing of what scripts say for the page', () => {
    const html = `<script>add('<link rel="stylesheet" href="/no.css"><script src="/no.js">')</script>
      <script type="module" src="/a.js">x = '<link rel="icon" href="/no.svg">'</SCRIPT >
      <link rel="icon" href="/b.svg">`;
    expect(at(html)).toEqual(['http://h/a.js', 'http://h/b.svg']);
  });

  it('names each file once and is not misled by > in an attribute', () => {
    expect(
      at('<script src="/a.js#1"></script><script data-x="a > b" src="/a.js"></script>'),
    ).toEqual(['http://h/a.js']);
  });

  it('reads a quote in the middle of a value as a browser does', () => {
    expect(at(`<link rel=icon title=it's href=/a.svg>${MAIN}`)).toEqual([
      'http://h/a.svg',
      'http://h/app/main.js',
    ]);
  });

  it.each([
    ['comments', '<!--'],
    ['scripts', '<script>'],
    ['tags', '<script '],
    ['tags before a quote', '<link a', '"'],
    ['values', `<link a='`],
    ['blanks behind an equals sign', '<base a=  ', ' '.repeat(2 ** 20)],
    ['letters of a name', '<link a', 'a'.repeat(2 ** 20)],
  ])('is soon through with 2 MiB of %s that nobody has closed', (_what, piece, end = '') => {
    // Read again from each of them this would outlast the limit of the test by far, and the agent would do nothing else.
    expect(at(piece.repeat(2 ** 20 / piece.length) + end)).toEqual([]);
  });
});

/** Markdown in, and only harmless HTML out, whatever comes in. */
import { array, assert, constantFrom, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderNotes } from '../src/notes-html.ts';

const RULES = 'rel="noopener noreferrer nofollow" target="_blank"';

/** All that may ever come out: texts without a raw angle bracket, and these tags in just this form. */
const HARMLESS =
  /^(?:[^<>]|<\/?(?:p|br|hr|strong|em|code|pre|ul|ol|li|blockquote|h4)>|<\/a>|<a href="https?:\/\/[^"<>]*" rel="noopener noreferrer nofollow" target="_blank">)*$/;

describe('renderNotes', () => {
  it('writes what release notes are made of', () => {
    const html = renderNotes(
      '# New\n\n- **fast**, see [it](https://example.org/a?b=1&c=2 "t")\n- `code`\n\n1. one\n\nhttps://example.org/x',
    );
    expect(html).toBe(
      [
        '<h4>New</h4>\n<ul>\n<li><strong>fast</strong>, see ',
        `<a href="https://example.org/a?b=1&amp;c=2" ${RULES}>it</a></li>\n`,
        '<li><code>code</code></li>\n</ul>\n<ol>\n<li>one</li>\n</ol>\n',
        `<p><a href="https://example.org/x" ${RULES}>https://example.org/x</a></p>`,
      ].join(''),
    );
  });

  it.each([
    ['raw HTML', '<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    [
      'HTML in a line',
      'a <img src=x onerror=alert(1)> b',
      '<p>a &lt;img src=x onerror=alert(1)&gt; b</p>',
    ],
    ['a script as an address', '[a](javascript:alert(1))', '<p>a</p>'],
    ['the same, disguised', '[a](JaVaScRiPt&colon;alert(1)) <javascript:alert(1)>', undefined],
    ['data', '[a](data:text/html;base64,PHNjcmlwdD4=)', '<p>a</p>'],
    ['a relative address', '[a](/api/update/rollback)', '<p>a</p>'],
    ['an address without a scheme', '[a](//evil.example)', '<p>a</p>'],
    ['mail', '<me@example.org> mail@example.org', undefined],
    ['a name before the host', '[a](https://github.com@evil.example)', '<p>a</p>'],
    ['quotes in an address', '[a](https://e.org/"onclick="x)', undefined],
    ['quotes in a title', "[a](https://e.org '\"><script>')", undefined],
    ['an image', '![seen](https://e.org/track.png)', '<p>seen</p>'],
    [
      'an image in a link',
      '[![b](https://e.org/i)](https://e.org)',
      `<p><a href="https://e.org/" ${RULES}>b</a></p>`,
    ],
    ['words of an image that look like HTML', '![<b onclick=x>](y)', undefined],
    ['a definition', '[a]\n\n[a]: javascript:alert(1) "x"', '<p>a</p>\n'],
    ['a language of a block', '```"><script>\nx\n```', undefined],
    ['control characters', '[a](java\u0000script:x) \u001b[31m', undefined],
  ])('lets %s do nothing', (_name, notes, expected) => {
    const html = renderNotes(notes);
    expect(html).toMatch(HARMLESS);
    if (expected !== undefined) expect(html).toBe(expected);
    expect(html).not.toMatch(/<[^>]*(?:(?:javascript|data|mailto):| on\w+=)/i);
  });

  it('holds for whatever is put together of the parts of attacks', () => {
    const parts = constantFrom(
      '<',
      '>',
      '"',
      "'",
      '[',
      ']',
      '(',
      ')',
      '!',
      '`',
      '\n',
      '    ',
      '- ',
      '# ',
      '&lt;',
      '&#106;',

      '<script>',
      'javascript:',
      'https://e.org',
      'www.e.org',
      '<a href="',
      'onerror=',
      '\\',
      '\u0000',
    );
    const notes = array(parts, { maxLength: 40 }).map((all) => all.join(''));
    assert(
      property(notes, (text) => HARMLESS.test(renderNotes(text))),
      { numRuns: 300 },
    );
  });

  it.each(['[', '![', '>', '- ', '*a_ ', '~*_', '[a]: u\n', '[a](b', '<', '`', '**a *b ', 'a  \n'])(
    'bounds what comes of %j over and over',
    (part) => {
      const html = renderNotes(part.repeat(100_000));
      expect(html).toMatch(HARMLESS);
      // An escaped character is five times as long.
      expect(html.length).toBeLessThan(100_000);
    },
  );
});

/**
 * Release notes as HTML that a page may put in as it is. micromark reads the Markdown and lets no HTML through; what it writes
 * is then written anew, tag by tag, from a short list, so that nothing in it can run, load, or lead anywhere but to the web.
 */
import { micromark } from 'micromark';
import {
  gfmAutolinkLiteral,
  gfmAutolinkLiteralHtml,
} from 'micromark-extension-gfm-autolink-literal';

/** Characters. */
const MAX_NOTES = 16_000;
const MAX_HTML = 64 * 1024;

/** What Markdown stops at costs time by its square: with thousands of them a Pi would answer nobody for seconds. */
const MAX_MARKS = 1500;
const MARK = /[*_[\]<>`!~&\n]/g;

/** micromark escapes `<` and `>` in texts and in attributes, so whatever looks like a tag is one that it wrote. */
const TAG = /<(\/?)([a-z][a-z0-9]*)([^>]*)>/g;

const PLAIN = new Set('p br hr strong em code pre ul ol li blockquote'.split(' '));

const LINK_RULES = 'rel="noopener noreferrer nofollow" target="_blank"';

export function renderNotes(notes: string): string {
  const text = notes.slice(0, MAX_NOTES);
  if ((text.match(MARK)?.length ?? 0) > MAX_MARKS) return asPlainText(text);
  const html = harden(
    micromark(text, {
      extensions: [gfmAutolinkLiteral()],
      htmlExtensions: [gfmAutolinkLiteralHtml()],
    }),
  );
  return html.length > MAX_HTML ? asPlainText(text) : html;
}

/** Links lead to http and https alone, images become their words, headings are all below those of the page. */
function harden(html: string): string {
  let isLink = false;
  return html.replaceAll(TAG, (_tag, slash: string, name: string, attributes: string) => {
    if (name === 'img') return attributeOf(attributes, 'alt');
    if (/^h[1-6]$/.test(name)) return `<${slash}h4>`;
    if (name !== 'a') return PLAIN.has(name) ? `<${slash}${name}>` : '';
    if (slash !== '') return isLink ? '</a>' : '';
    const address = webAddress(attributeOf(attributes, 'href'));
    isLink = address !== undefined;
    return address === undefined ? '' : `<a href="${escape(address)}" ${LINK_RULES}>`;
  });
}

/** As it is written: escaped. */
function attributeOf(attributes: string, name: string): string {
  return new RegExp(` ${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';
}

/** A whole address without a password in it, which is only ever there to deceive. */
function webAddress(escaped: string): string | undefined {
  const text = escaped.replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  if (!URL.canParse(text)) return undefined;
  const { protocol, username, password, href } = new URL(text);
  const isWeb = protocol === 'https:' || protocol === 'http:';
  return isWeb && username === '' && password === '' ? href : undefined;
}

function asPlainText(text: string): string {
  return `<p>${escape(text).replaceAll('\n', '<br>')}</p>`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

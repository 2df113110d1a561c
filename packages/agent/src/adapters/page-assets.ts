/** Which scripts, style sheets and icons a page of our own server needs. Good enough for built pages; not a browser. */

/** Up to the end of the tag; a quote counts only where a value begins. */
const ATTRIBUTES = String.raw`((?:=\s*"[^"]*(?:"|$)|=\s*'[^']*(?:'|$)|[^>])*)(?:>|$)`;
/**
 * A comment, a script with what it says, which is not the page, or one of the other tags. What is never closed ends with the page: if it
 * were passed over, the rest would be read again from every place that looks like a beginning.
 */
const PART = new RegExp(
  String.raw`<!--.*?(?:-->|$)|<script\b${ATTRIBUTES}.*?(?:</script|$)|<(link|base)\b${ATTRIBUTES}`,
  'gis',
);
const ATTRIBUTE = /(?<![\w-])([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g;
const NEEDED_LINKS = new Set(['stylesheet', 'modulepreload', 'icon']);

interface Tag {
  /** In lower case. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** A comment comes out as a script that names nothing. */
function tagsIn(html: string): readonly Tag[] {
  return [...html.matchAll(PART)].map(([, script, name = 'script', text = '']) => ({
    name: name.toLowerCase(),
    attributes: attributesOf(script ?? text),
  }));
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single, bare] of text.matchAll(ATTRIBUTE)) {
    const value = double ?? single ?? bare ?? '';
    attributes.set(name.toLowerCase(), value.replaceAll('&amp;', '&').trim());
  }
  return attributes;
}

/** Absolute addresses of the same origin as the page, each once, in the order of the page. */
export function pageAssets(html: string, pageUrl: string): readonly string[] {
  const { origin } = new URL(pageUrl);
  const tags = tagsIn(html);
  const base = baseOf(tags, pageUrl);
  const found = new Set<string>();
  for (const { name, attributes } of tags) {
    const kinds = (attributes.get('rel') ?? '').toLowerCase().split(/\s+/);
    const isNeeded =
      name === 'script' || (name === 'link' && kinds.some((kind) => NEEDED_LINKS.has(kind)));
    const address = attributes.get(name === 'script' ? 'src' : 'href');
    if (!isNeeded || !address || !URL.canParse(address, base)) continue;
    const url = new URL(address, base);
    url.hash = '';
    if (url.origin === origin) found.add(url.href);
  }
  return [...found];
}

/** The first `<base>` with an address counts (HTML, 4.2.3). */
function baseOf(tags: readonly Tag[], pageUrl: string): string {
  const base = tags.find(({ name, attributes }) => name === 'base' && attributes.has('href'));
  const address = base?.attributes.get('href') ?? '';
  return URL.canParse(address, pageUrl) ? new URL(address, pageUrl).href : pageUrl;
}

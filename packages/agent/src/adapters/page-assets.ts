/** Which scripts, style sheets and icons a page of our own server needs. Good enough for built pages; not a browser. */

const TAG = /<(script|link)\b((?:"[^"]*"|'[^']*'|[^'">])*)>/gi;
const ATTRIBUTE = /([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g;
const NEEDED_LINKS = new Set(['stylesheet', 'modulepreload', 'icon']);

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
  const found = new Set<string>();
  for (const [, tag = '', text = ''] of html.replace(/<!--.*?-->/gs, '').matchAll(TAG)) {
    const attributes = attributesOf(text);
    const kinds = (attributes.get('rel') ?? '').toLowerCase().split(/\s+/);
    const needed = tag.toLowerCase() === 'script' || kinds.some((kind) => NEEDED_LINKS.has(kind));
    const address = attributes.get(tag.toLowerCase() === 'script' ? 'src' : 'href');
    if (!needed || !address || !URL.canParse(address, pageUrl)) continue;
    const url = new URL(address, pageUrl);
    url.hash = '';
    if (url.origin === origin) found.add(url.href);
  }
  return [...found];
}

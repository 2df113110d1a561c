/** Which scripts, style sheets and icons a page of our own server needs. Good enough for built pages; not a browser. */

const COMMENT = /<!--.*?-->/gs;
/** Behind its opening tag: what a script says is not the page. */
const INSIDE_SCRIPT = /(<script\b(?:"[^"]*"|'[^']*'|[^'">])*>).*?(?=<\/script)/gis;
const TAG = /<(script|link|base)\b((?:"[^"]*"|'[^']*'|[^'">])*)>/gi;
const ATTRIBUTE = /([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g;
const NEEDED_LINKS = new Set(['stylesheet', 'modulepreload', 'icon']);

interface Tag {
  /** In lower case. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
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
  const tags = [...html.replace(COMMENT, '').replace(INSIDE_SCRIPT, '$1').matchAll(TAG)].map(
    ([, name = '', text = '']) => ({ name: name.toLowerCase(), attributes: attributesOf(text) }),
  );
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

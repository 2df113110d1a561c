/**
 * Whether the page on the server is no longer the one on the screen, told by the scripts and style sheets that it names
 * (their names carry a hash of their content). Pure.
 */

const TAG = /<(?:script|link)\b[^>]*>/gi;
const ATTRIBUTE = /\b(rel|src|href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/gi;

function attributesOf(tag: string): ReadonlyMap<string, string> {
  const found = [...tag.matchAll(ATTRIBUTE)];
  return new Map(
    found.map(([, name = '', double, single, bare]) => [
      name.toLowerCase(),
      double ?? single ?? bare ?? '',
    ]),
  );
}

/** Absolute addresses of the scripts and style sheets that an HTML page names. */
export function assetsOf(html: string, pageUrl: string): readonly string[] {
  return [...html.matchAll(TAG)].flatMap(([tag]) => {
    const attributes = attributesOf(tag);
    const isStyle = /\bstylesheet\b/i.test(attributes.get('rel') ?? '');
    const address = attributes.get('src') ?? (isStyle ? attributes.get('href') : undefined);
    return address !== undefined && URL.canParse(address, pageUrl)
      ? [new URL(address, pageUrl).href]
      : [];
  });
}

/**
 * True when the served page needs something that the shown page does not have. Extra scripts of the shown page say
 * nothing: scripts add scripts.
 */
export function isReplaced(shown: readonly string[], served: readonly string[]): boolean {
  return served.some((address) => !shown.includes(address));
}

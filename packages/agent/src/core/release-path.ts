/** What a path inside a release may look like. One rule for manifests, archives and the config's `from`. */

const MAX_LENGTH = 512;
const MAX_COMPONENT = 255;
const MAX_DEPTH = 32;
/** UTF-8 makes at most three bytes of what counts as one here. */
const SURELY_SHORT = MAX_COMPONENT / 3;
const lengthOf = (text: string): number => new TextEncoder().encode(text).length;

/**
 * Control characters, backslash (a separator elsewhere), and what is not Unicode: U+FFFD stands for bytes that were no
 * UTF-8, half a surrogate pair is written as U+FFFD, so that two such names would become one.
 */
const FORBIDDEN = /[\p{Cc}\p{Cs}\\\uFFFD]/u;

/** Why the path is refused, or undefined when it is a plain relative path such as `pikit-web/assets/app.js`. */
export function refusalOfPath(path: string): string | undefined {
  return refusalOf(path, { mayClimb: false });
}

/** The same for the text of a symlink, which may climb; whether it climbs too far depends on where the link is. */
export function refusalOfLinkText(text: string): string | undefined {
  return refusalOf(text, { mayClimb: true });
}

function refusalOf(path: string, { mayClimb }: { readonly mayClimb: boolean }): string | undefined {
  if (path === '') return 'empty';
  if (path.length > MAX_LENGTH) return 'too long';
  if (path.startsWith('/')) return 'absolute';
  if (FORBIDDEN.test(path)) return 'forbidden character';
  const parts = path.split('/');
  if (parts.length > MAX_DEPTH) return 'too deep';
  for (const part of parts) {
    if (part === '..' && !mayClimb) return 'leaves the release';
    if (part === '' || part === '.') return 'not normalised';
    if (part.length > SURELY_SHORT && lengthOf(part) > MAX_COMPONENT) return 'too long';
  }
  return undefined;
}

/** ASCII, where nothing is composed and each letter has one capital. */
const PLAIN = /^[ -~]*$/;

/**
 * The same for two paths that name one file on a filesystem that folds case or composes Unicode. Both ways, because some
 * letters have two small forms and others no capital of their own.
 */
export function collisionKey(path: string): string {
  if (PLAIN.test(path)) return path.toLowerCase();
  return path.normalize('NFC').toLowerCase().toUpperCase().toLowerCase().normalize('NFC');
}

/** The directories above a path, outermost first: `a/b/c` gives `a`, `a/b`. */
export function parentsOf(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

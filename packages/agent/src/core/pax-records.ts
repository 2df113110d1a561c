/**
 * The records of a PAX header (`LENGTH KEY=VALUE\n`), with a closed mind: a record that another reader might cut
 * differently, or that changes what the entry is, is refused. The rest says nothing about a release and is ignored.
 */

export interface PaxRecords {
  readonly path: string | undefined;
  readonly linkText: string | undefined;
  readonly size: string | undefined;
}

/**
 * Whose data would not be what it seems: sparse files of several programs, pieces of volumes, lists of a backup. And what
 * would lend rights: capabilities and access lists.
 */
const CHANGES_THE_ENTRY =
  /^(?:GNU\.(?:sparse|volume|dumpdir)|SCHILY\.(?:realsize|filetype|acl\.|xattr\.security\.)|SUN\.)/;

/** Keys that count, under the names that we give them. */
const NAMES = new Map([
  ['path', 'path'],
  ['linkpath', 'linkText'],
  ['size', 'size'],
] as const);

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });
const [SPACE, NEWLINE] = [0x20, 0x0a];

/** `isGlobal`: for all entries that follow, so nothing in it may concern a single one. Answers with a reason to refuse it. */
export function parsePaxRecords(
  body: Uint8Array,
  { isGlobal }: { readonly isGlobal: boolean },
): PaxRecords | { readonly refusal: string } {
  const found = { path: undefined, linkText: undefined, size: undefined } as Mutable<PaxRecords>;
  for (let offset = 0; offset < body.length;) {
    const record = recordAt(body, offset);
    if (record === undefined) return { refusal: 'a record without end' };
    const { key, value, end } = record;
    offset = end;
    if (CHANGES_THE_ENTRY.test(key)) return { refusal: `record ${key}` };
    const name = NAMES.get(key as 'path' | 'linkpath' | 'size');
    if (name === undefined) continue;
    if (isGlobal) return { refusal: `record ${key} for all entries` };
    if (found[name] !== undefined) return { refusal: `record ${key} twice` };
    if (value === '') return { refusal: `record ${key} without a value` };
    found[name] = value;
  }
  return found;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Undefined where the length does not lead from the record's first digit to just behind its newline. */
function recordAt(
  body: Uint8Array,
  offset: number,
): { readonly key: string; readonly value: string; readonly end: number } | undefined {
  const space = body.indexOf(SPACE, offset);
  const digits = space === -1 ? '' : String.fromCharCode(...body.subarray(offset, space));
  if (!/^[1-9]\d{0,6}$/.test(digits)) return undefined;
  const end = offset + Number(digits);
  if (end > body.length || end <= space + 1 || body[end - 1] !== NEWLINE) return undefined;
  const text = UTF8.decode(body.subarray(space + 1, end - 1));
  const equals = text.indexOf('=');
  if (equals < 1) return undefined;
  return { key: text.slice(0, equals), value: text.slice(equals + 1), end };
}

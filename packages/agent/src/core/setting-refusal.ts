/** Why a value that a person has written is refused, in words for whoever has only the file before them and not its schema. */
import * as v from 'valibot';
import { lineOf, wordsOf } from './setting-place.ts';

type Issue = v.BaseIssue<unknown>;

/** What a schema says that wants a table. */
export const NO_TABLE = 'must be a table';

export interface Refusal {
  /** `target.0.to` of the first target; `file` for the whole. */
  readonly key: string;
  readonly reason: string;
}

/**
 * Of all issues of a document the one to be told first, and what else is wrong with it: who has made three mistakes need not
 * try three times.
 */
export function refusalOf(
  issues: readonly [Issue, ...Issue[]],
): Refusal & { readonly others: readonly Refusal[] } {
  // A misspelt key is unknown and also missing under its right name; what was written is easier to find.
  const first = issues.find(isUnknownKey) ?? issues[0];
  const told = new Map([[describe(first).key, describe(first)]]);
  // Of one value the first is enough: the next may only follow from it.
  for (const one of issues.map(describe)) told.set(one.key, told.get(one.key) ?? one);
  const [refusal = describe(first), ...others] = told.values();
  return { ...refusal, others };
}

function describe(issue: Issue): Refusal {
  const key = v.getDotPath(issue) ?? 'file';
  if (isTableForList(issue)) return { key, reason: `is a list: write [[${key}]]` };
  if (issue.message !== NO_TABLE || issue.received === 'undefined') {
    return { key, reason: reasonOf(issue) };
  }
  const [, list] = /^(.+)\.\d+$/.exec(key) ?? [];
  return { key, reason: `is a table: write ${list === undefined ? `[${key}]` : `[[${list}]]`}` };
}

/** All of it in one message, a line each, for whoever has the `text` of the file open before them. */
export function refusalMessage(file: string, text: string, refusals: readonly Refusal[]): string {
  const say = ({ key, reason }: Refusal): string => {
    const line = lineOf(text, key);
    const where = line === undefined ? '' : ` (line ${String(line)})`;
    return `${file}: ${wordsOf(key)}: ${reason}${where}`;
  };
  return refusals.map(say).join('\n');
}

/** What a schema says by itself is for programmers; a sentence that was written for it stands. */
export function reasonOf(issue: Issue): string {
  if (isUnknownKey(issue)) return 'unknown key';
  if (issue.received === 'undefined') return 'is missing';
  if (issue.type === 'array' && typeof issue.input === 'string') {
    return `is a list: write [${JSON.stringify(issue.input)}]`;
  }
  const wanted = OWN_WORDS.test(issue.message) ? WANTED[issue.type]?.(issue) : undefined;
  return wanted === undefined ? issue.message : `must be ${wanted}, not ${issue.received}`;
}

const OWN_WORDS = /^Invalid [^:]+: (?:Expected|Received) /;

const limitOf = ({ expected }: Issue): string => String(expected).replace(/^[<>]=/, '');

const oneOf = ({ expected }: Issue): string =>
  String(expected)
    .replace(/^\((.*)\)$/, '$1')
    .replaceAll(' | ', ' or ');

/** By what refuses it. */
const WANTED: Readonly<Record<string, (issue: Issue) => string>> = {
  string: () => 'a text in quotes',
  number: () => 'a number',
  boolean: () => 'true or false',
  integer: () => 'a whole number',
  safe_integer: () => 'a whole number',
  min_value: (issue) => `${limitOf(issue)} or more`,
  max_value: (issue) => `${limitOf(issue)} or less`,
  picklist: oneOf,
  variant: oneOf,
  url: () => 'an address such as https://example.org',
};

function isUnknownKey({ expected }: Issue): boolean {
  return expected === 'never';
}

/** `[probe]` for `[[probe]]`, which whoever does not know TOML well writes first. */
function isTableForList({ type, input }: Issue): boolean {
  return type === 'array' && typeof input === 'object' && input !== null;
}

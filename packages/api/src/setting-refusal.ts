/**
 * Why a line of api.toml is refused, in words for whoever has only the file before them. What was found is told by its kind alone,
 * but for numbers: a text may be a password in the wrong place.
 */
import * as v from 'valibot';

export interface Refusal {
  /** `listen.port`, or `allowed_hosts.0` for the first of a list. */
  readonly key: string;
  readonly reason: string;
}

/** All that is wrong, of each key the first. The message of each issue is what the schema expects: `an absolute path`. */
export function refusalsOf(issues: readonly v.BaseIssue<unknown>[]): readonly Refusal[] {
  const told = new Map<string, Refusal>();
  for (const refusal of issues.map(refusalOf)) {
    if (!told.has(refusal.key)) told.set(refusal.key, refusal);
  }
  return [...told.values()];
}

function refusalOf(issue: v.BaseIssue<unknown>): Refusal {
  const key = v.getDotPath(issue) ?? 'file';
  // So says valibot of a member that a strict object does not have.
  if (issue.expected === 'never') return { key, reason: 'unknown key' };
  return { key, reason: `must be ${issue.message}, and is ${foundBy(issue)}` };
}

function foundBy({ kind, input: value }: v.BaseIssue<unknown>): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === '') return 'empty';
  if (typeof value === 'string') return kind === 'validation' ? 'another text' : 'a text';
  if (value instanceof Date) return 'a date';
  return Array.isArray(value) ? 'a list' : 'a table';
}

const TABLE = /^\s*\[+\s*([\w.-]+)\s*\]/;
const SETTING = /^\s*([\w.-]+)\s*=/;

/** The line that the key, or else the innermost table around it, is written in; undefined where that is not seen at a glance. */
export function lineOf(text: string, key: string): number | undefined {
  const lines = new Map<string, number>();
  let table = '';
  for (const [index, line] of text.split('\n').entries()) {
    const [, begun] = TABLE.exec(line) ?? [];
    if (begun !== undefined) table = begun;
    const [, name] = SETTING.exec(line) ?? [];
    const path = begun ?? (name === undefined || table === '' ? name : `${table}.${name}`);
    if (path !== undefined && !lines.has(path)) lines.set(path, index + 1);
  }
  for (let path = key; path !== ''; path = path.slice(0, Math.max(0, path.lastIndexOf('.')))) {
    const line = lines.get(path);
    if (line !== undefined) return line;
  }
  return undefined;
}

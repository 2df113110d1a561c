/** Why a value that a person has written is refused, in words for whoever has only the file before them and not its schema. */
import * as v from 'valibot';

/** Of all issues of a document the one to be told: the key (`file` for the whole) and what is wrong with it. */
export function refusalOf(issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): {
  readonly key: string;
  readonly reason: string;
} {
  // A misspelt key is unknown and also missing under its right name; what was written is easier to find.
  const issue = issues.find(isUnknownKey) ?? issues[0];
  const key = v.getDotPath(issue) ?? 'file';
  return { key, reason: isTableForList(issue) ? `is a list: write [[${key}]]` : reasonOf(issue) };
}

/** The schema's own words where they say it well: they name what would be right. */
export function reasonOf(issue: v.BaseIssue<unknown>): string {
  if (isUnknownKey(issue)) return 'unknown key';
  if (issue.received === 'undefined') return 'is missing';
  if (issue.type === 'array' && typeof issue.input === 'string') {
    return `is a list: write [${JSON.stringify(issue.input)}]`;
  }
  return issue.message;
}

function isUnknownKey({ expected }: v.BaseIssue<unknown>): boolean {
  return expected === 'never';
}

/** `[probe]` for `[[probe]]`, which whoever does not know TOML well writes first. */
function isTableForList({ type, input }: v.BaseIssue<unknown>): boolean {
  return type === 'array' && typeof input === 'object' && input !== null;
}

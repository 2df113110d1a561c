/** From what was typed to what a command needs; whatever is missing or too much is `invalid-request`. */
import { UpdateError } from '@pikit/protocol';
import type { Arguments } from './command.ts';

export function directoryOf({ positionals }: Pick<Arguments, 'positionals'>): string {
  const [directory, ...rest] = positionals;
  if (directory === undefined || rest.length > 0) throw wrong('name one directory; see --help');
  return directory;
}

export function assertNoMore({ positionals }: Pick<Arguments, 'positionals'>): void {
  if (positionals.length > 0) throw wrong(`${positionals.join(' ')} is too much; see --help`);
}

export function textOf({ values }: Pick<Arguments, 'values'>, option: string): string {
  const value = values[option];
  if (typeof value !== 'string' || value === '') throw wrong(`--${option} is missing; see --help`);
  return value;
}

/** Of an option that may be given more than once. */
export function textsOf({ values }: Pick<Arguments, 'values'>, option: string): readonly string[] {
  const value = values[option] ?? [];
  return (typeof value === 'object' ? value : [value]).map(String);
}

function wrong(text: string): UpdateError {
  return new UpdateError('invalid-request', text);
}

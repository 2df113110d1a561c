/** What each command of `pikit-release` is: its options, and what it answers. Prints nothing and ends no process. */
import type { ParseArgsConfig } from 'node:util';

export type Options = NonNullable<ParseArgsConfig['options']>;

export interface Arguments {
  /** As `parseArgs` gives them for the command's own options. */
  readonly values: Readonly<
    Record<string, string | boolean | readonly (string | boolean)[] | undefined>
  >;
  readonly positionals: readonly string[];
}

/** A word for whoever waits; where nobody sits before a terminal it goes nowhere. */
export type Note = (words: string) => void;

export interface Answer {
  /** For `--json`: one document with stable names. */
  readonly document: object;
  /** For a person: a few lines. */
  readonly text: string;
}

export interface Command {
  readonly name: string;
  /** A few words for the list of commands. */
  readonly summary: string;
  /** Everything after `pikit-release <name> --help`. */
  readonly help: string;
  readonly options: Options;
  /** Throws `UpdateError`: `invalid-request` for wrong arguments, else what is wrong with the release. */
  readonly run: (args: Arguments, note?: Note) => Promise<Answer>;
}

/**
 * The form of every architecture rule: a sentence, the reason, the check, and made-up files on which it must bite. A rule
 * without a case that breaks it could have stopped working long ago without anybody noticing.
 */
import { describe, expect, it } from 'vitest';
import { createSourceFile, type SourceFile } from './source-file.ts';

/** Path → text of a made-up checkout. */
export type Sample = Readonly<Record<string, string>>;

export interface Rule {
  readonly rule: string;
  readonly because: string;
  /** One line for each violation, beginning with the path. */
  readonly find: (files: readonly SourceFile[]) => readonly string[];
  /** Each breaks the rule; the key says how. */
  readonly bites: Readonly<Record<string, Sample>>;
  /** Each looks like a violation and is none. */
  readonly spares?: Readonly<Record<string, Sample>>;
}

function fromSample(sample: Sample): readonly SourceFile[] {
  return Object.entries(sample).map(([path, text]) => createSourceFile(path, text));
}

export function describeRules(rules: readonly Rule[], files: readonly SourceFile[]): void {
  for (const { rule, because, find, bites, spares = {} } of rules) {
    describe(rule, () => {
      it('holds in this checkout', () => {
        expect(find(files), `because ${because}`).toEqual([]);
      });

      it.each(Object.entries(bites))('bites on %s', (_what, sample) => {
        expect(find(fromSample(sample))).not.toEqual([]);
      });

      it.each(Object.entries(spares))('spares %s', (_what, sample) => {
        expect(find(fromSample(sample))).toEqual([]);
      });
    });
  }
}

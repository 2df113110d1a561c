/** What a language must say about errors: every code of the closed list that can come to a page, or it does not compile. */
import type { ProblemCode } from '../model/situation.ts';

export interface ErrorWords {
  readonly title: string;
  readonly whatToDo: string;
}

/** That a version is published already is told to its maintainer, by another program. */
export type ToldCode = Exclude<ProblemCode, 'already-published'>;

export interface AllErrorWords {
  readonly errors: Readonly<Record<ToldCode, ErrorWords>>;
  /** The same code as `roll-back-failed`, when the files are back and only a service is not. */
  readonly inPlace: ErrorWords & { readonly state: string };
  /** The same code as `no-space`, when it is entries of the filesystem that ran out, not bytes. */
  readonly outOfInodes: ErrorWords;
}

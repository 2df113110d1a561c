/** Picks sentences from the catalogue and fills them in. Pure; holds no words of its own. */
import type { Status } from '@pikit/protocol';
import type { ErrorWords, ToldCode } from '../catalogue/error-words.ts';
import type { ChipLanguage, Language } from './language.ts';
import type { Problem } from './situation.ts';

type InstalledVersion = Status['current'];

/** The earlier release was brought back whole; only its services do not answer. */
export function isBackInPlace({ code, details: { reason } }: Problem): boolean {
  return code === 'roll-back-failed' && (reason === 'probe-failed' || reason === 'service-failed');
}

const isTold = (code: string, { errors }: Language['words']): code is ToldCode =>
  Object.hasOwn(errors, code);

/** A newer api may know codes that this page does not, and so may what a newer agent wrote: they read as `internal`. */
function wordsOf(problem: Problem, { words }: Language): ErrorWords {
  const { code, details } = problem;
  if (code === 'no-space' && details['what'] === 'inodes') return words.outOfInodes;
  if (isBackInPlace(problem)) return words.inPlace;
  return isTold(code, words) ? words.errors[code] : words.errors.internal;
}

/** How the schemas of the agent say that a member is not there; the place before it says which. */
const MISSING = /: Invalid key: Expected "[^"]*" but received undefined/;

export function describeProblem(
  problem: Problem,
  language: Language,
): { readonly title: string; readonly whatToDo: string } {
  const { details } = problem;
  const words = wordsOf(problem, language);
  return {
    title: language.fill(words.title, details),
    whatToDo: language.fill(words.whatToDo, details).replace(MISSING, ` ${language.words.missing}`),
  };
}

/** For a place that has room for a line alone. */
export function problemSentence(problem: Problem, language: Language): string {
  const { title, whatToDo } = describeProblem(problem, language);
  return `${title}. ${whatToDo}`;
}

/** When something was checked, in milliseconds. "Checked now" would read like a command. */
export function checkedWords(at: number, deviceNow: number, language: Language): string {
  const { checkedAgo, checkedJustNow } = language.words.versions;
  if (deviceNow - at < 60_000) return checkedJustNow;
  return language.fill(checkedAgo, { ago: language.ago(at, deviceNow) });
}

/** As a label that stands alone. */
export function versionLabel(version: InstalledVersion, { words }: Language): string {
  if (version === null) return words.versions.none;
  return version === 'preexisting' ? upperFirst(words.unversioned.preexisting) : version;
}

/** As a part of a sentence. */
export function versionInSentence(version: InstalledVersion, { words }: ChipLanguage): string {
  if (version === null) return words.unversioned.none;
  return version === 'preexisting' ? words.unversioned.preexisting : version;
}

/** A sentence may begin with "the earlier dashboard". */
export function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

export interface SignInMistake {
  readonly text: string;
  /** It is about the set-up code, for which the form asks from then on. */
  readonly asksCode: boolean;
}

/** Why signing in failed: here `unauthenticated` means the password, the code, or a browser that keeps no session. */
export function signInMistake(problem: Problem, language: Language): SignInMistake {
  const { details } = problem;
  const text = SET_UP_REASONS.find((reason) => reason === details['reason']);
  if (text !== undefined) {
    const asksCode = text !== 'password-length';
    return { text: language.fill(language.words.signIn[text], details), asksCode };
  }
  if (problem.code === 'unauthenticated') {
    const { signIn } = language.words;
    return {
      text: signIn[details['reason'] === 'no-cookie' ? 'no-cookie' : 'wrong'],
      asksCode: false,
    };
  }
  return { text: problemSentence(problem, language), asksCode: false };
}

const SET_UP_REASONS = [
  'no-password',
  'wrong-code',
  'no-code',
  'password-set',
  'password-length',
] as const;

/** Picks sentences from the catalogue and fills them in. Pure; holds no words of its own. */
import type { Status } from '@pikit/protocol';
import type { ErrorWords } from './error-messages.ts';
import { fill } from './fill.ts';
import type { Format } from './format.ts';
import { messages } from './messages.ts';
import type { Problem, ProblemCode } from './situation.ts';

type InstalledVersion = Status['current'];

/** A newer api may know codes that this page does not: they become `internal`. */
export function knownCode(code: unknown): ProblemCode {
  return typeof code === 'string' && isKnown(code) ? code : 'internal';
}

function isKnown(code: string): code is ProblemCode {
  return Object.hasOwn(messages.errors, code);
}

/** The earlier release was brought back whole; only its services do not answer. */
export function isBackInPlace({ code, details: { reason } }: Problem): boolean {
  return code === 'roll-back-failed' && (reason === 'probe-failed' || reason === 'service-failed');
}

/** `state.json` outlives the page, so even a code of our own snapshot may be newer than this catalogue. */
function wordsOf(problem: Problem): ErrorWords {
  const { code, details } = problem;
  if (code === 'no-space' && details['what'] === 'inodes') return messages.outOfInodes;
  return isBackInPlace(problem) ? messages.inPlace : messages.errors[knownCode(code)];
}

/** How the schemas of the agent say that a member is not there; the place before it says which. */
const MISSING = /: Invalid key: Expected "[^"]*" but received undefined/;

export function describeProblem(
  problem: Problem,
  format: Format,
): { readonly title: string; readonly whatToDo: string } {
  const { details } = problem;
  const words = wordsOf(problem);
  return {
    title: fill(words.title, details, format),
    whatToDo: fill(words.whatToDo, details, format).replace(MISSING, ` ${messages.missing}`),
  };
}

/** When something was checked, in milliseconds. "Checked now" would read like a command. */
export function checkedWords(at: number, deviceNow: number, format: Format): string {
  const { checkedAgo, checkedJustNow } = messages.versions;
  if (deviceNow - at < 60_000) return checkedJustNow;
  return fill(checkedAgo, { ago: format.ago(at, deviceNow) }, format);
}

/** As a label that stands alone. */
export function versionLabel(version: InstalledVersion): string {
  if (version === null) return messages.versions.none;
  return version === 'preexisting' ? messages.versions.preexisting : version;
}

/** As a part of a sentence. */
export function versionInSentence(version: InstalledVersion): string {
  if (version === null) return messages.versions.noneInSentence;
  return version === 'preexisting' ? messages.versions.preexistingInSentence : version;
}

export interface SignInMistake {
  readonly text: string;
  /** No password is set: the form asks for the set-up code, too. */
  readonly asksCode: boolean;
}

/** Why signing in failed: here `unauthenticated` means the password, or the code. */
export function signInMistake(problem: Problem, format: Format): SignInMistake {
  const { details } = problem;
  const text = SET_UP_REASONS.find((reason) => reason === details['reason']);
  if (text !== undefined) {
    return { text: fill(messages.signIn[text], details, format), asksCode: true };
  }
  if (problem.code === 'unauthenticated') return { text: messages.signIn.wrong, asksCode: false };
  const { title, whatToDo } = describeProblem(problem, format);
  return { text: `${title}. ${whatToDo}`, asksCode: false };
}

const SET_UP_REASONS = [
  'no-password',
  'wrong-code',
  'no-code',
  'password-set',
  'password-length',
] as const;

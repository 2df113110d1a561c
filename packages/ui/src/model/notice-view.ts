/**
 * The one notice at the top of the modal: what happened, what state the device is in now, and what to do. Pure. At most
 * one at a time: what the person has just done comes first, then the updater itself, then the last result and the last
 * check.
 */
import type { Status, TransactionResult } from '@pikit/protocol';
import { failureOf, isLater, isNoNetwork } from './chip-view.ts';
import { fill } from './fill.ts';
import type { Language } from './language.ts';
import type { Problem, Situation } from './situation.ts';
import { describeProblem, isBackInPlace, versionInSentence } from './words.ts';

export interface NoticeView {
  readonly tone: 'bad' | 'warning' | 'good' | 'neutral';
  readonly title: string;
  readonly happened: string | undefined;
  readonly state: string | undefined;
  readonly whatToDo: string | undefined;
}

function ofProblem(problem: Problem, tone: NoticeView['tone'], language: Language): NoticeView {
  const { title, whatToDo } = describeProblem(problem, language);
  return { tone, title, happened: undefined, state: undefined, whatToDo };
}

const OUTCOME_TONES: Readonly<Record<TransactionResult['outcome'], NoticeView['tone']>> = {
  committed: 'good',
  staged: 'good',
  cancelled: 'neutral',
  failed: 'bad',
  'rolled-back': 'warning',
  broken: 'bad',
};

function ofResult(result: TransactionResult, language: Language): NoticeView {
  const { kind, outcome, from, to, startedAt, endedAt } = result;
  const facts = {
    from: versionInSentence(from, language),
    to: versionInSentence(to, language),
    took: language.took(startedAt, endedAt),
    ...(outcome === 'committed' ? result.changed : undefined),
  };
  const words =
    outcome === 'staged' ? language.words.staged : language.words.outcomes[kind][outcome];
  const failed = failureOutcome(result) && result.error !== null;
  const error =
    failed && result.error !== null ? describeProblem(result.error, language) : undefined;
  const isInPlace = result.error !== null && isBackInPlace(result.error);
  return {
    tone: OUTCOME_TONES[outcome],
    title: upperFirst(fill(words.title, facts, language)),
    happened: error === undefined ? undefined : `${error.title}.`,
    state: isInPlace
      ? language.words.inPlace.state
      : upperFirst(fill(words.state + language.words.changedFiles, facts, language)),
    whatToDo: error?.whatToDo,
  };
}

function failureOutcome({ outcome }: TransactionResult): boolean {
  return !['committed', 'staged', 'cancelled'].includes(outcome);
}

/** A sentence may begin with "the earlier dashboard". */
function upperFirst(text: string): string {
  return text.slice(0, 1).toLocaleUpperCase() + text.slice(1);
}

/** A failed release stays a failed release while it is offered, however often one checks. */
function ofStatus(status: Status, language: Language): NoticeView | undefined {
  const failure = failureOf(status);
  if (failure !== undefined) return ofResult(failure, language);
  const { check_error, last_result, last_check, offered } = status;
  if (check_error !== null) {
    const passes = isNoNetwork(check_error) || check_error.code === 'source-limited';
    return ofProblem(check_error, passes ? 'warning' : 'bad', language);
  }
  if (last_result !== null && failureOutcome(last_result) && last_result.to === offered?.version) {
    return ofResult(last_result, language);
  }
  const isNews = last_result !== null && isLater(last_result.endedAt, last_check);
  if (!isNews || failureOutcome(last_result)) return undefined;
  return ofResult(last_result, language);
}

export function noticeView(situation: Situation, language: Language): NoticeView | undefined {
  const { link, status, agent, problem } = situation;
  // The sign-in form explains itself, and its own mistakes stand beside its field.
  if (link.kind === 'signed-out') return undefined;
  if (problem !== undefined) return ofProblem(problem.error, 'bad', language);
  if (status === undefined) {
    if (link.kind !== 'reconnecting') return undefined;
    return ofProblem({ code: 'no-connection', details: {} }, 'warning', language);
  }
  if (status.transaction !== null) return undefined;
  if (agent === 'away')
    return ofProblem({ code: 'agent-unreachable', details: {} }, 'bad', language);
  if (agent === 'incompatible') {
    return ofProblem({ code: 'incompatible-protocol', details: {} }, 'bad', language);
  }
  return ofStatus(status, language);
}

/**
 * The one notice at the top of the modal: what happened, what state the device is in now, and what to do. Pure. At most
 * one at a time: what the person has just done comes first, then what is waited for, then the updater itself, then the last
 * result and the last check.
 */
import type { Status, TransactionResult } from '@pikit/protocol';
import { failureOf, hasFailed, isLater, isNoNetwork, isPause, type ChipView } from './chip-view.ts';
import type { Language } from './language.ts';
import type { Problem, Situation } from './situation.ts';
import type { Waiting } from './waiting.ts';
import { describeProblem, isBackInPlace, upperFirst, versionInSentence } from './words.ts';

export interface NoticeView {
  readonly tone: 'bad' | 'warning' | 'good' | 'neutral';
  readonly title: string;
  readonly happened?: string | undefined;
  readonly state?: string | undefined;
  readonly whatToDo?: string | undefined;
}

const bare = (code: Problem['code']): Problem => ({ code, details: {} });

function ofProblem(problem: Problem, tone: NoticeView['tone'], language: Language): NoticeView {
  return { tone, ...describeProblem(problem, language) };
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
  const [before, after] = [versionInSentence(from, language), versionInSentence(to, language)];
  const facts = {
    from: before,
    to: after,
    From: upperFirst(before),
    To: upperFirst(after),
    took: language.took(startedAt, endedAt),
    ...(outcome === 'committed' ? result.changed : undefined),
  };
  const words =
    outcome === 'staged' ? language.words.staged : language.words.outcomes[kind][outcome];
  const { error } = result;
  const told = error && hasFailed(result) ? describeProblem(error, language) : undefined;
  const isInPlace = error !== null && isBackInPlace(error);
  return {
    tone: OUTCOME_TONES[outcome],
    title: language.fill(words.title, facts),
    happened: told && `${told.title}.`,
    state: isInPlace
      ? language.words.inPlace.state
      : language.fill(words.state + language.words.changedFiles, facts),
    whatToDo: told?.whatToDo,
  };
}

/** Nothing is announced as installed that does not run: somebody may have changed the device since. */
function isRunning({ outcome, to }: TransactionResult, { current }: Status): boolean {
  return outcome !== 'committed' || to === current;
}

function ofOther({ to }: TransactionResult, { current }: Status, language: Language): NoticeView {
  const { title, state, whatToDo } = language.words.notRunning;
  const facts = {
    to: versionInSentence(to, language),
    current: versionInSentence(current, language),
  };
  return {
    tone: 'bad',
    title: upperFirst(language.fill(title, facts)),
    state: upperFirst(language.fill(state, facts)),
    whatToDo,
  };
}

/** A failed release stays a failed release while it is offered, however often one checks. */
function ofStatus(status: Status, language: Language): NoticeView | undefined {
  const failure = failureOf(status);
  if (failure !== undefined) return ofResult(failure, language);
  const { check_error, last_result, last_check, offered } = status;
  if (check_error !== null) {
    const passing = isNoNetwork(check_error) ? 'warning' : 'bad';
    return ofProblem(check_error, isPause(check_error) ? 'neutral' : passing, language);
  }
  if (last_result !== null && hasFailed(last_result) && last_result.to === offered?.version) {
    return ofResult(last_result, language);
  }
  const isNews = last_result !== null && isLater(last_result.endedAt, last_check);
  if (!isNews || hasFailed(last_result)) return undefined;
  if (!isRunning(last_result, status)) return ofOther(last_result, status, language);
  return ofResult(last_result, language);
}

/** The title does not count the time, because it is read out when it changes. */
function ofWaiting(
  waiting: Waiting,
  status: Situation['status'],
  language: Language,
): NoticeView | undefined {
  const words = language.words.waiting;
  const isWorking = (status?.transaction ?? null) !== null;
  // The progress says it itself.
  if (isWorking && !waiting.isLong) return undefined;
  const hasWayBack = status === undefined || isWorking || status.previous !== null;
  const advice = [
    ...(waiting.for === 'device' ? [words.check] : []),
    ...(hasWayBack ? [words.rescue] : []),
  ];
  return {
    tone: waiting.isLong ? 'warning' : 'neutral',
    title: words[waiting.for],
    happened: language.fill(words.noAnswer, { time: language.elapsed(waiting.ms) }),
    whatToDo: waiting.isLong ? advice.join(' ') : undefined,
  };
}

/** `chip` is what the chip shows of the same situation. */
export function noticeView(
  situation: Situation,
  { state, waiting }: ChipView,
  language: Language,
): NoticeView | undefined {
  const { link, status, agent, problem } = situation;
  // The sign-in form explains itself, and its own mistakes stand beside its field.
  if (link.kind === 'signed-out') return undefined;
  // A command that was cut off by what is waited for anyway is not a second thing to say.
  const isCutOff =
    (problem?.error.code === 'no-connection' || problem?.error.code === 'no-api') &&
    link.kind !== 'live';
  // What was to be cancelled has ended, and how it has ended is what counts.
  const isMoot = problem?.command === 'cancel' && (status?.transaction ?? null) === null;
  if (problem !== undefined && !isCutOff && !isMoot) {
    return ofProblem(problem.error, 'bad', language);
  }
  if (state === 'not-found') return ofProblem(bare('no-api'), 'bad', language);
  if (state === 'failed' && link.refusal !== undefined) {
    return ofProblem(link.refusal, 'bad', language);
  }
  if (waiting !== undefined) return ofWaiting(waiting, status, language);
  if (status === undefined || status.transaction !== null) return undefined;
  if (agent === 'away') return ofProblem(bare('agent-unreachable'), 'bad', language);
  if (agent === 'incompatible') return ofProblem(bare('incompatible-protocol'), 'bad', language);
  return ofStatus(status, language);
}

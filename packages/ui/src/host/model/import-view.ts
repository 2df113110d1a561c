/** A release file from its choice to its lying ready: what the page says at each moment. Pure. */
import type { Status, TransactionId, TransactionResult } from '@pikit/protocol';
import type { NoticeView } from '../../model/notice-view.ts';
import { markPace, speedOf, type Pace } from '../../model/pace.ts';
import type { Problem } from '../../model/situation.ts';
import { describeProblem, versionInSentence } from '../../model/words.ts';
import { bytesWords } from '../../model/work-view.ts';
import type { PageLanguage } from './page-language.ts';

export type ImportState =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'sending';
      readonly name: string;
      readonly done: number;
      readonly total: number;
      readonly pace: Pace | undefined;
    }
  | { readonly kind: 'given'; readonly name: string; readonly transaction: TransactionId }
  | { readonly kind: 'ended'; readonly name: string; readonly result: TransactionResult }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'refused'; readonly name: string; readonly problem: Problem };

export interface ImportView {
  /** While it lasts: what is going on. */
  readonly work:
    | { readonly title: string; readonly amount: string; readonly percent: number | undefined }
    | undefined;
  /** How it ended. */
  readonly notice: NoticeView | undefined;
  readonly isReady: boolean;
  /** What "Cancel" would end: the transfer, a transaction of the device, or nothing. */
  readonly cancels: 'transfer' | TransactionId | undefined;
}

const IDLE: ImportView = {
  work: undefined,
  notice: undefined,
  isReady: false,
  cancels: undefined,
};

/** `now` is the browser's clock in milliseconds. */
export function noteSent(state: ImportState, done: number, now: number): ImportState {
  if (state.kind !== 'sending') return state;
  return { ...state, done, pace: markPace(state.pace, state.name, done, now) };
}

/**
 * What the device has made of it. To be kept: the status tells of the latest transaction alone, and the next one is most often that
 * which installs the release.
 */
export function noteStatus(state: ImportState, { transaction, last_result }: Status): ImportState {
  if (state.kind !== 'given') return state;
  if (last_result?.id === state.transaction) {
    return { kind: 'ended', name: state.name, result: last_result };
  }
  // Another one: how this one has ended was missed. That none runs says nothing: an agent that restarts shows none for a moment.
  const isMissed = transaction !== null && transaction.id !== state.transaction;
  return isMissed ? { kind: 'none' } : state;
}

function refusal(name: string, problem: Problem, language: PageLanguage): NoticeView {
  const words = language.page.file;
  // The file's own length is all that it can be about, and that comes to nothing else.
  const isCutOff = problem.code === 'invalid-request';
  const { title, whatToDo } = isCutOff ? words.cutOff : describeProblem(problem, language);
  return {
    tone: 'bad',
    title: language.fill(words.refused, { name }),
    happened: `${title}.`,
    state: words.unchanged,
    whatToDo,
  };
}

type Given = ImportState & { readonly kind: 'given' };
type Ended = ImportState & { readonly kind: 'ended' };

function givenView(
  { name, transaction }: Given,
  { transaction: running, progress }: Status,
  language: PageLanguage,
): ImportView {
  const words = language.page.file;
  const isRunning = running?.id === transaction;
  const phase = isRunning ? language.words.phases[running.phase] : '';
  const amount =
    isRunning && progress !== null && progress.bytesTotal > 0
      ? bytesWords(progress.bytesDone, progress.bytesTotal, undefined, language)
      : language.fill(words.phase, { phase });
  return {
    ...IDLE,
    work: {
      title: language.fill(words.checking, { name }),
      amount: phase === '' ? '' : amount,
      percent: undefined,
    },
    cancels: isRunning && running.cancellable ? transaction : undefined,
  };
}

function endedView({ name, result }: Ended, status: Status, language: PageLanguage): ImportView {
  const words = language.page.file;
  if (result.outcome !== 'staged') {
    const problem = result.error ?? { code: 'cancelled', details: {} };
    return { ...IDLE, notice: refusal(name, problem, language) };
  }
  // It is being installed, or was, or has been thrown away: the details of the update tell.
  const isThere = status.transaction === null && status.ready?.version === result.to;
  if (!isThere) return IDLE;
  const title = language.fill(words.ready, { to: versionInSentence(result.to, language) });
  const notice = { tone: 'good', title, state: words.readyState } as const;
  return {
    ...IDLE,
    notice: { ...notice, happened: undefined, whatToDo: undefined },
    isReady: true,
  };
}

/** `now` is the browser's clock in milliseconds. */
export function importView(
  state: ImportState,
  status: Status,
  now: number,
  language: PageLanguage,
): ImportView {
  const words = language.page.file;
  switch (state.kind) {
    case 'none':
      return IDLE;
    case 'sending': {
      const { name, done, total, pace } = state;
      const speed = speedOf(pace, total, now);
      return {
        ...IDLE,
        work: {
          title: language.fill(words.sending, { name }),
          amount: bytesWords(done, total, speed, language),
          percent: total === 0 ? 0 : Math.min(100, Math.floor((done / total) * 100)),
        },
        cancels: 'transfer',
      };
    }
    case 'given':
      return givenView(state, status, language);
    case 'ended':
      return endedView(state, status, language);
    case 'stopped': {
      const notice = { tone: 'neutral', title: words.stopped, state: words.stoppedState } as const;
      return { ...IDLE, notice: { ...notice, happened: undefined, whatToDo: undefined } };
    }
    case 'refused':
      return { ...IDLE, notice: refusal(state.name, state.problem, language) };
  }
}

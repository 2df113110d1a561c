/** A release file from its choice to its lying ready: what the page says at each moment. Pure. */
import type { Status, TransactionId } from '@pikit/protocol';
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

function refusal(name: string, problem: Problem, language: PageLanguage): NoticeView {
  const words = language.page.file;
  const { title, whatToDo } = describeProblem(problem, language);
  return {
    tone: 'bad',
    title: language.fill(words.refused, { name }),
    happened: `${title}.`,
    state: words.unchanged,
    whatToDo,
  };
}

type Given = ImportState & { readonly kind: 'given' };

function givenView(
  { name, transaction }: Given,
  status: Status,
  language: PageLanguage,
): ImportView {
  const words = language.page.file;
  const { transaction: running, progress, last_result: result } = status;
  if (result?.id !== transaction) {
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
  if (result.outcome === 'staged') {
    const to = versionInSentence(result.to, language);
    const title = language.fill(words.ready, { to });
    const notice = { tone: 'good', title, state: words.readyState } as const;
    return {
      ...IDLE,
      notice: { ...notice, happened: undefined, whatToDo: undefined },
      isReady: true,
    };
  }
  const problem = result.error ?? { code: 'cancelled', details: {} };
  return { ...IDLE, notice: refusal(name, problem, language) };
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
    case 'stopped': {
      const notice = { tone: 'neutral', title: words.stopped, state: words.stoppedState } as const;
      return { ...IDLE, notice: { ...notice, happened: undefined, whatToDo: undefined } };
    }
    case 'refused':
      return { ...IDLE, notice: refusal(state.name, state.problem, language) };
  }
}

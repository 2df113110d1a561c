/** The running transaction as the dialog shows it: phases, amounts, elapsed time. Pure. */
import type { Phase, Status, TransactionKind, TransactionView } from '@pikit/protocol';
import type { ChipView } from './chip-view.ts';
import type { Language } from './language.ts';
import { speedOf, type Speed } from './pace.ts';
import type { Situation } from './situation.ts';
import { doingOf, workTitle } from './work-title.ts';

export interface PhaseView {
  readonly phase: Phase;
  readonly label: string;
  readonly state: 'done' | 'current' | 'todo';
}

export interface WorkView {
  readonly title: string;
  readonly percent: number;
  readonly percentText: string;
  /** Bytes or files of this phase, when it counts any. */
  readonly amount: string | undefined;
  readonly elapsed: string;
  readonly hint: string;
  /** On the button that ends it, where there is one. */
  readonly cancelLabel: string;
  readonly phases: readonly PhaseView[];
}

const INSTALLING: readonly Phase[] = [
  'preflight',
  'staging',
  'verifying',
  'activating',
  'restarting',
  'probing',
  'committing',
  'cleaning-up',
];

const FETCHING: readonly Phase[] = ['preflight', 'staging', 'verifying', 'cleaning-up'];

const STRAIGHT: Readonly<Record<TransactionKind, readonly Phase[]>> = {
  apply: INSTALLING,
  repair: INSTALLING,
  rollback: ['activating', 'restarting', 'probing', 'committing', 'cleaning-up'],
};

const CANCELS = {
  apply: 'cancel',
  rollback: 'cancel',
  repair: 'cancelRepair',
  fetching: 'cancelDownload',
} as const;

/** After a failure the rest of the straight way is moot: only the way back is left to show. */
const WAY_BACK: readonly Phase[] = ['rolling-back', 'cleaning-up'];

function phasesOf(
  { kind, phase, stageOnly }: TransactionView,
  language: Language,
): readonly PhaseView[] {
  const straight = stageOnly ? FETCHING : STRAIGHT[kind];
  const way = phase === 'rolling-back' ? WAY_BACK : straight;
  const current = way.indexOf(phase);
  return way.map((name, index) => ({
    phase: name,
    label: language.words.phases[name],
    state: index < current ? 'done' : index === current ? 'current' : 'todo',
  }));
}

/** How much of how much, and while it is known how fast and how long still. */
export function bytesWords(
  done: number,
  total: number,
  speed: Speed | undefined,
  language: Language,
): string {
  const facts = { done: language.bytes(done), total: language.bytes(total) };
  const pace = speed && {
    speed: language.bytes(speed.bytesPerSecond),
    left: language.elapsed(speed.leftMs),
  };
  return language.fill(language.words.work.bytes, { ...facts, ...pace });
}

function amountOf(
  { progress }: Status,
  phase: Phase,
  speed: Speed | undefined,
  language: Language,
): string | undefined {
  if (progress === null || progress.phase !== phase) return undefined;
  const { bytesDone, bytesTotal, filesDone, filesTotal } = progress;
  if (bytesTotal > 0) return bytesWords(bytesDone, bytesTotal, speed, language);
  if (filesTotal === 0) return undefined;
  return language.fill(language.words.work.files, { done: filesDone, total: filesTotal });
}

function hintOf(phase: Phase, waiting: ChipView['waiting'], language: Language): string {
  if (waiting === undefined) {
    return phase === 'rolling-back'
      ? language.words.work.undoingHint
      : language.words.work.mayClose;
  }
  const { away, agentAway } = language.words.work;
  const time = language.elapsed(waiting.ms);
  return language.fill(waiting.for === 'device' ? away : agentAway, { time });
}

/** Undefined when nothing runs. `chip` is what the chip shows of it; `now` is the browser's clock in milliseconds. */
export function workView(
  situation: Situation,
  { percent, waiting }: ChipView,
  now: number,
  language: Language,
): WorkView | undefined {
  const { status, aheadMs } = situation;
  if (status === undefined || status.transaction === null || percent === undefined) {
    return undefined;
  }
  const { transaction } = status;
  const { phase, startedAt } = transaction;
  const time = language.elapsed(now + aheadMs - Date.parse(startedAt));
  return {
    title: workTitle(transaction, language),
    percent,
    percentText: language.percent(percent),
    amount: amountOf(
      status,
      phase,
      speedOf(situation.pace, status.progress?.bytesTotal ?? 0, now),
      language,
    ),
    elapsed: language.fill(language.words.work.elapsed, { time }),
    hint: hintOf(phase, waiting, language),
    cancelLabel: language.words.buttons[CANCELS[doingOf(transaction)]],
    phases: phasesOf(transaction, language),
  };
}

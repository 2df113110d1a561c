/** The running transaction as the modal shows it: phases, amounts, elapsed time, and the words for a screen reader. Pure. */
import type { Phase, Status, TransactionKind, TransactionView } from '@pikit/protocol';
import { isLost, shownPercent } from './chip-view.ts';
import { fill } from './fill.ts';
import type { Format } from './format.ts';
import { messages } from './messages.ts';
import { speedOf, type Speed } from './pace.ts';
import type { Situation } from './situation.ts';
import { versionInSentence } from './words.ts';

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
  /** Changes only with the phase and at every quarter. */
  readonly announcement: string;
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

function phasesOf({ kind, phase, stageOnly }: TransactionView): readonly PhaseView[] {
  const straight = stageOnly ? FETCHING : STRAIGHT[kind];
  const way = phase === 'rolling-back' ? WAY_BACK : straight;
  const current = way.indexOf(phase);
  return way.map((name, index) => ({
    phase: name,
    label: messages.phases[name],
    state: index < current ? 'done' : index === current ? 'current' : 'todo',
  }));
}

function amountOf(
  { progress }: Status,
  phase: Phase,
  speed: Speed | undefined,
  format: Format,
): string | undefined {
  if (progress === null || progress.phase !== phase) return undefined;
  const { bytesDone, bytesTotal, filesDone, filesTotal } = progress;
  if (bytesTotal > 0) {
    const facts = { done: format.bytes(bytesDone), total: format.bytes(bytesTotal) };
    const pace = speed && {
      speed: format.bytes(speed.bytesPerSecond),
      left: format.elapsed(speed.leftMs),
    };
    return fill(messages.work.bytes, { ...facts, ...pace }, format);
  }
  if (filesTotal === 0) return undefined;
  return fill(messages.work.files, { done: filesDone, total: filesTotal }, format);
}

function hintOf(situation: Situation, now: number, format: Format): string {
  if (!isLost(situation, now)) {
    const isUndoing = situation.status?.transaction?.phase === 'rolling-back';
    return isUndoing ? messages.work.undoingHint : messages.work.mayClose;
  }
  const time = format.elapsed(now - situation.link.since);
  return fill(messages.work.away, { time }, format);
}

/** Undefined when nothing runs. `now` is the browser's clock in milliseconds. */
export function workView(situation: Situation, now: number, format: Format): WorkView | undefined {
  const { status, aheadMs } = situation;
  const percent = shownPercent(situation);
  if (status === undefined || status.transaction === null || percent === undefined) {
    return undefined;
  }
  const { transaction } = status;
  const { kind, from, to, phase, startedAt, stageOnly } = transaction;
  const doing = stageOnly ? 'fetching' : kind;
  const title = fill(
    messages.work[phase === 'rolling-back' ? 'undoing' : doing],
    { from: versionInSentence(from), to: versionInSentence(to) },
    format,
  );
  const time = format.elapsed(now + aheadMs - Date.parse(startedAt));
  const quarter = format.percent(Math.floor(percent / 25) * 25);
  return {
    title,
    percent,
    percentText: format.percent(percent),
    amount: amountOf(status, phase, speedOf(situation.pace, status, now), format),
    elapsed: fill(messages.work.elapsed, { time }, format),
    hint: hintOf(situation, now, format),
    cancelLabel: messages.buttons[CANCELS[doing]],
    phases: phasesOf(transaction),
    announcement: fill(
      messages.work.announce,
      { title, phase: messages.phases[phase], percent: quarter },
      format,
    ),
  };
}

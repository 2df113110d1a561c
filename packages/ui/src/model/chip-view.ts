/** What the chip says. Pure: the state follows from the situation alone, in a fixed order of importance. */
import type { ErrorView, Status, TransactionResult } from '@pikit/protocol';
import type { ChipLanguage } from './language.ts';
import { percentOf } from './percent.ts';
import type { Situation } from './situation.ts';
import { isElsewhere, waitingOf, type Waiting } from './waiting.ts';

export type ChipState = Exclude<keyof ChipLanguage['words']['chip'], 'name'>;
export type Tone = 'good' | 'news' | 'busy' | 'bad' | 'muted';

export interface ChipView {
  readonly state: ChipState;
  readonly tone: Tone;
  readonly label: string;
  /** 0 to 99 while something runs. */
  readonly percent: number | undefined;
  readonly waiting: Waiting | undefined;
}

const TONES: Readonly<Record<ChipState, Tone>> = {
  'up-to-date': 'good',
  available: 'news',
  skipped: 'good',
  checking: 'busy',
  updating: 'busy',
  fetching: 'busy',
  'rolling-back': 'busy',
  repairing: 'busy',
  failed: 'bad',
  'check-failed': 'bad',
  'check-paused': 'muted',
  damaged: 'bad',
  offline: 'muted',
  'not-checked': 'muted',
  'signed-out': 'muted',
  reconnecting: 'busy',
  connecting: 'busy',
  away: 'bad',
  'not-found': 'bad',
};

/** Of the device as a whole, as far as one can tell from outside. */
export function isNoNetwork({ code }: ErrorView): boolean {
  return code === 'offline' || code === 'dns-failed';
}

/** The release server wants to be left alone for a while: nothing is wrong, and nothing is to be done. */
export function isPause({ code }: ErrorView): boolean {
  return code === 'source-limited';
}

function isPast({ details: { until } }: ErrorView, deviceNow: number): boolean {
  return typeof until === 'string' && Date.parse(until) <= deviceNow;
}

/** What the last check says, unless it was told to come back at a time that has come. */
function checkState(
  { check_error: error, last_check, offered }: Status,
  deviceNow: number,
): ChipState | undefined {
  if (error !== null && !isPause(error)) return isNoNetwork(error) ? 'offline' : 'check-failed';
  // What was found before is still there to be had.
  if (error !== null && offered === null && !isPast(error, deviceNow)) return 'check-paused';
  return last_check === null ? 'not-checked' : undefined;
}

/** It ended otherwise than somebody has wished. */
export function hasFailed({ outcome }: TransactionResult): boolean {
  return outcome === 'failed' || outcome === 'rolled-back' || outcome === 'broken';
}

/** The last transaction, when it ended badly and nothing has superseded it. A broken device stays broken. */
export function failureOf({ last_result, last_check }: Status): TransactionResult | undefined {
  if (last_result === null || !hasFailed(last_result)) return undefined;
  const { outcome, endedAt } = last_result;
  return outcome === 'broken' || isLater(endedAt, last_check) ? last_result : undefined;
}

/** By the last audit of what runs. */
export function isDamaged({ drift }: Status): boolean {
  return drift !== null && drift.damaged > 0;
}

/** Nobody wants to hear of what is offered. */
export function isSkipped({ offered, skipped }: Status): boolean {
  return offered !== null && offered.version === skipped;
}

/** True when nothing was checked yet, too. */
export function isLater(time: string, lastCheck: string | null): boolean {
  return lastCheck === null || Date.parse(time) > Date.parse(lastCheck);
}

/** What is shown for the running transaction: never less than was shown before. */
function shownPercent({ status, peak }: Situation): number | undefined {
  if (status === undefined || status.transaction === null) return undefined;
  const { id } = status.transaction;
  const percent = percentOf(status.transaction, status.progress);
  return peak?.transaction === id ? Math.max(percent, peak.percent) : percent;
}

function stateOf(situation: Situation, now: number, waiting: Waiting | undefined): ChipState {
  const { link, status, agent, pending } = situation;
  if (link.kind === 'signed-out') return 'signed-out';
  if (isElsewhere(situation, now)) return 'not-found';
  // What is known stands for a moment, as while the line is down: an api that has just begun may be asked too early.
  if (link.kind === 'refused' && (status === undefined || waiting !== undefined)) return 'failed';
  if (waiting?.for === 'device') return 'reconnecting';
  if (status === undefined) return 'connecting';
  if (status.transaction !== null) {
    const { kind, phase, stageOnly } = status.transaction;
    if (stageOnly) return 'fetching';
    if (kind === 'rollback' || phase === 'rolling-back') return 'rolling-back';
    return kind === 'repair' ? 'repairing' : 'updating';
  }
  if (agent === 'incompatible') return 'failed';
  if (agent === 'away') return 'away';
  if (status.checking || pending === 'check') return 'checking';
  if (failureOf(status) !== undefined) return 'failed';
  if (isDamaged(status)) return 'damaged';
  const checked = checkState(status, now + situation.aheadMs);
  if (checked !== undefined) return checked;
  if (status.offered === null) return 'up-to-date';
  return isSkipped(status) ? 'skipped' : 'available';
}

/** `now` is the browser's clock in milliseconds. */
export function chipView(situation: Situation, now: number, language: ChipLanguage): ChipView {
  const waiting = waitingOf(situation, now);
  const state = stateOf(situation, now, waiting);
  const percent = shownPercent(situation);
  const facts = {
    ...situation.status?.check_error?.details,
    ...(percent === undefined ? {} : { percent: language.percent(percent) }),
    version: situation.status?.offered?.version ?? '',
  };
  return {
    state,
    tone: TONES[state],
    label: language.fill(language.words.chip[state], facts),
    percent,
    waiting,
  };
}

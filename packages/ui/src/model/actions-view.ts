/** Which buttons there are, which of them are live, and in words why one is not. Pure. */
import type { ReleaseSummary, Status } from '@pikit/protocol';
import { isDamaged, isSkipped } from './chip-view.ts';
import type { Language } from './language.ts';
import type { Situation } from './situation.ts';

export interface ActionView {
  readonly shown: boolean;
  /** Undefined when the button is live. */
  readonly reason: string | undefined;
}

export interface ActionsView {
  readonly check: ActionView;
  readonly install: ActionView;
  /** To install it later. */
  readonly download: ActionView;
  /** What is offered was downloaded before. */
  readonly isReady: boolean;
  /** What is offered did not last here before: installing it is no longer the obvious thing to do. */
  readonly isSecondTry: boolean;
  readonly cancel: ActionView;
  readonly rollBack: ActionView;
  readonly verify: ActionView;
  readonly repair: ActionView;
  readonly skip: ActionView;
  /** Nobody wants to hear of what is offered. */
  readonly isSkipped: boolean;
  /** The one button in the accent's colour. A broken device has none: no press mends it. */
  readonly leading: 'check' | 'install' | 'repair' | undefined;
  /** Each reason once, for the line above the buttons. */
  readonly reasons: readonly string[];
}

/** Why no command can be sent at all. */
function unsendable(
  { link, agent, pending, status }: Situation,
  { reasons }: Language['words'],
): string | undefined {
  if (link.kind !== 'live' || status === undefined) return reasons.noConnection;
  if (agent === 'away' && status.transaction !== null) return reasons.agentRestarts;
  if (agent !== 'reachable') return reasons.away;
  if (pending === undefined) return undefined;
  // A repair begins with an audit, and is a transaction only after it.
  if (pending === 'verify' || pending === 'repair') return reasons.auditing;
  return pending === 'check' ? reasons.checking : reasons.asking;
}

/** What is offered lies on the device, all of it. */
export function isReady(status: Status | undefined): boolean {
  const { offered, ready } = status ?? {};
  return offered?.manifestSha256 !== undefined && offered.manifestSha256 === ready?.manifestSha256;
}

/** What the person has said to have done before exactly this release. */
export function doneFor(
  { manifestSha256 }: Pick<ReleaseSummary, 'manifestSha256'>,
  { ticked }: Situation,
): readonly string[] {
  return ticked?.of === manifestSha256 ? ticked.duties : [];
}

function isSecondTry(status: Status | undefined): boolean {
  const version = status?.offered?.version;
  return version !== undefined && version === status?.held_back?.version;
}

function isAllDone(situation: Situation): boolean {
  const offered = situation.status?.offered ?? null;
  if (offered === null) return true;
  const done = doneFor(offered, situation);
  return offered.breaking.every((duty) => done.includes(duty));
}

function workingReason(
  status: Situation['status'],
  { reasons }: Language['words'],
): string | undefined {
  const kind = status?.transaction?.kind;
  if (kind === undefined) return undefined;
  return kind === 'repair' ? reasons.repairing : reasons.working;
}

export function actionsView(situation: Situation, { words }: Language): ActionsView {
  const { status } = situation;
  const known = status !== undefined && situation.link.kind !== 'signed-out';
  const working = status !== undefined && status.transaction !== null;
  const sending = unsendable(situation, words);
  const occupied =
    sending ??
    workingReason(status, words) ??
    (status?.checking === true ? words.reasons.checking : undefined);
  const action = (shown: boolean, otherwise?: string): ActionView => ({
    shown,
    reason: occupied ?? otherwise,
  });
  const { offered = null, previous = null, current = null } = status ?? {};
  const idle = known && !working;

  const check = action(known);
  const unticked = isAllDone(situation) ? undefined : words.reasons.unticked;
  const install = action(idle && offered !== null, unticked);
  const cancel = {
    shown: known && status.transaction?.cancellable === true,
    reason: sending,
  };
  const rollBack = action(known, previous === null ? words.reasons.nothingToRollBack : undefined);
  // Files that were adopted without a version never were a release that could be fetched again.
  const repair = action(idle && isDamaged(status) && current !== 'preexisting');
  const reasons = [check, install, cancel, rollBack].flatMap(({ shown, reason }) =>
    shown && reason !== undefined ? [reason] : [],
  );
  const hides = status !== undefined && isSkipped(status);
  const isCalm = hides || isSecondTry(status);
  const isBroken = status?.last_result?.outcome === 'broken';
  const usual = repair.shown ? 'repair' : cancel.shown ? undefined : 'check';
  return {
    leading: isBroken ? undefined : install.shown && !isCalm ? 'install' : usual,
    check,
    install,
    download: action(install.shown && !isReady(status)),
    isReady: isReady(status),
    isSecondTry: isSecondTry(status),
    cancel,
    rollBack,
    verify: action(idle && current !== null),
    repair,
    skip: action(install.shown),
    isSkipped: hides,
    reasons: [...new Set(reasons)],
  };
}

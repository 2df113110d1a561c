/** Which buttons there are, which of them are live, and in words why one is not. Pure. */
import { messages } from './messages.ts';
import type { Situation } from './situation.ts';

export interface ActionView {
  readonly shown: boolean;
  /** Undefined when the button is live. */
  readonly reason: string | undefined;
}

export interface ActionsView {
  readonly check: ActionView;
  readonly install: ActionView;
  readonly cancel: ActionView;
  readonly rollBack: ActionView;
  readonly autoCheck: ActionView;
  /** The one button in the accent's colour. A broken device has none: no press mends it. */
  readonly leading: 'check' | 'install' | undefined;
  /** Each reason once, for the line above the buttons. */
  readonly reasons: readonly string[];
}

/** Why no command can be sent at all. */
function unsendable({ link, agent, pending, status }: Situation): string | undefined {
  if (link.kind !== 'live' || status === undefined) return messages.reasons.noConnection;
  if (agent !== 'reachable') return messages.reasons.away;
  if (pending === undefined) return undefined;
  return pending === 'check' ? messages.reasons.checking : messages.reasons.asking;
}

export function actionsView(situation: Situation): ActionsView {
  const { status } = situation;
  const known = status !== undefined && situation.link.kind !== 'signed-out';
  const working = status !== undefined && status.transaction !== null;
  const sending = unsendable(situation);
  const occupied =
    sending ??
    (working ? messages.reasons.working : undefined) ??
    (status?.checking === true ? messages.reasons.checking : undefined);
  const nothingBefore = (status?.previous ?? null) === null;

  const check = { shown: known, reason: occupied };
  const install = { shown: known && !working && status.offered !== null, reason: occupied };
  const cancel = {
    shown: known && working && status.transaction?.cancellable === true,
    reason: sending,
  };
  const rollBack = {
    shown: known,
    reason: occupied ?? (nothingBefore ? messages.reasons.nothingToRollBack : undefined),
  };
  const reasons = [check, install, cancel, rollBack].flatMap(({ shown, reason }) =>
    shown && reason !== undefined ? [reason] : [],
  );
  const isBroken = status?.last_result?.outcome === 'broken';
  const usual = install.shown ? 'install' : cancel.shown ? undefined : 'check';
  return {
    leading: isBroken ? undefined : usual,
    check,
    install,
    cancel,
    rollBack,
    autoCheck: { shown: known, reason: sending },
    reasons: [...new Set(reasons)],
  };
}

/**
 * The whole machine: one table and one pure function. Progress, cancellation and recovery are read from it; there is no
 * second copy of this knowledge anywhere.
 */
import type { Outcome, Phase, TransactionKind } from '@pikit/protocol';

interface Row {
  readonly ok: Phase | 'end';
  readonly failed: Phase | 'end';
  /** What a restarted agent does with this phase. */
  readonly interrupted: Phase;
  readonly cancellable: boolean;
  /** Where it is taking the targets; null where it leaves each of them as it is. Cut off, they may be a mixture. */
  readonly switchesTo: 'to' | 'from' | null;
}

// A row a phase, to be read as the table that it is.
// prettier-ignore
export const PHASE_TABLE = {
  preflight:      { ok: 'staging',     failed: 'cleaning-up',  interrupted: 'cleaning-up',  cancellable: true,  switchesTo: null   },
  staging:        { ok: 'verifying',   failed: 'cleaning-up',  interrupted: 'staging',      cancellable: true,  switchesTo: null   },
  verifying:      { ok: 'activating',  failed: 'cleaning-up',  interrupted: 'verifying',    cancellable: true,  switchesTo: null   },
  // From here on the running release has been touched: every failure goes through rolling-back, and no cancel.
  activating:     { ok: 'restarting',  failed: 'rolling-back', interrupted: 'activating',   cancellable: false, switchesTo: 'to'   },
  restarting:     { ok: 'probing',     failed: 'rolling-back', interrupted: 'restarting',   cancellable: false, switchesTo: null   },
  probing:        { ok: 'committing',  failed: 'rolling-back', interrupted: 'probing',      cancellable: false, switchesTo: null   },
  committing:     { ok: 'cleaning-up', failed: 'rolling-back', interrupted: 'committing',   cancellable: false, switchesTo: null   },
  'rolling-back': { ok: 'cleaning-up', failed: 'end',          interrupted: 'rolling-back', cancellable: false, switchesTo: 'from' },
  // Leftovers are a nuisance, not a reason to call a finished update failed.
  'cleaning-up':  { ok: 'end',         failed: 'end',          interrupted: 'cleaning-up',  cancellable: false, switchesTo: null   },
} as const satisfies Record<Phase, Row>;

/** `cut-off`: interrupted by an end of the whole machine, such as a power cut, and not of the agent alone. */
export type Event = 'ok' | 'failed' | 'interrupted' | 'cut-off' | 'cancelled';

/**
 * `outcome` is how it will end if nothing more goes wrong. `interruptions` counts those of this phase in a row; where a failure
 * would be the end, those since the machine was started.
 */
export interface Active {
  readonly kind: 'active';
  readonly phase: Phase;
  readonly outcome: Outcome;
  readonly interruptions: number;
}

export type State = Active | { readonly kind: 'ended'; readonly outcome: Outcome };

/**
 * A power cycle is not a failure, but a phase that never survives one is (Mender's loop guard): at the fifth the
 * interruption counts as a failure. A release may be what takes the machine down, so a cut-off counts as well, but not against a
 * way that has no other: a device that has only lost its power is to come back by itself, however often it does.
 */
export const MAX_INTERRUPTIONS = 5;

/** A roll-back on request starts where an update touches the device: its release is on the disk already. */
export function begin(
  kind: TransactionKind,
  outcome: 'committed' | 'staged' = 'committed',
): Active {
  const phase = kind === 'rollback' ? 'activating' : 'preflight';
  return { kind: 'active', phase, outcome, interruptions: 0 };
}

export function isCancellable(phase: Phase): boolean {
  return PHASE_TABLE[phase].cancellable;
}

/**
 * The tree to which the targets must be taken before the services of a device that boots may start; null where each
 * target is whole as it stands. Everything else of an unfinished transaction can wait for network and services.
 */
export function switchesTo(phase: Phase): 'to' | 'from' | null {
  return PHASE_TABLE[phase].switchesTo;
}

/** A failure of it takes the targets back: the running release has been touched, and is not good yet. */
export function leadsBack(phase: Phase): boolean {
  return PHASE_TABLE[phase].failed === 'rolling-back';
}

/** What failed of it has somewhere else to go; without that there is only trying again. */
export function hasOtherWay(phase: Phase): boolean {
  return PHASE_TABLE[phase].failed !== 'end';
}

export function next(state: Active, event: Event): State {
  const row = PHASE_TABLE[state.phase];
  switch (event) {
    case 'ok':
      // What is only to be fetched is complete where the switch would begin.
      return enter(
        state.outcome === 'staged' && row.ok === 'activating' ? 'cleaning-up' : row.ok,
        state.outcome,
      );
    case 'failed':
      return enter(row.failed, outcomeOfFailure(state));
    case 'cancelled':
      // Too late is not an error of the machine: the phase's own result decides.
      return row.cancellable ? enter('cleaning-up', 'cancelled') : state;
    case 'interrupted':
      return afterInterruption(state, row);
    case 'cut-off':
      return afterInterruption(
        hasOtherWay(state.phase) ? state : { ...state, interruptions: 0 },
        row,
      );
  }
}

function afterInterruption(state: Active, row: Row): State {
  if (row.interrupted !== state.phase) return enter(row.interrupted, outcomeOfFailure(state));
  const interruptions = state.interruptions + 1;
  if (interruptions >= MAX_INTERRUPTIONS) return next(state, 'failed');
  return { ...state, interruptions };
}

function outcomeOfFailure(state: Active): Outcome {
  if (leadsBack(state.phase)) return 'rolled-back';
  if (state.phase === 'rolling-back') return 'broken';
  return state.phase === 'cleaning-up' ? state.outcome : 'failed';
}

function enter(phase: Phase | 'end', outcome: Outcome): State {
  if (phase === 'end') return { kind: 'ended', outcome };
  return { kind: 'active', phase, outcome, interruptions: 0 };
}

/**
 * The machine, walked by itself: each state with each event, and every course that a transaction can take. The table of
 * the design stands here once more, as text, so that neither copy can change alone.
 */
import { OUTCOMES, PHASES, type Outcome, type Phase } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import {
  begin,
  hasOtherWay,
  isCancellable,
  MAX_INTERRUPTIONS,
  next,
  PHASE_TABLE,
  switchesTo,
  type Active,
  type Event,
  type State,
} from '../../src/core/transaction.ts';

const EVENTS = [
  'ok',
  'failed',
  'interrupted',
  'cut-off',
  'cancelled',
] as const satisfies readonly Event[];

/** phase: ok, failed, interrupted, cancellable */
const DESIGN = `
  preflight:    staging     cleaning-up  cleaning-up  yes
  staging:      verifying   cleaning-up  staging      yes
  verifying:    activating  cleaning-up  verifying    yes
  activating:   restarting  rolling-back activating   no
  restarting:   probing     rolling-back restarting   no
  probing:      committing  rolling-back probing      no
  committing:   cleaning-up rolling-back committing   no
  rolling-back: cleaning-up end          rolling-back no
  cleaning-up:  end         end          cleaning-up  no
`;

/** Phases in which a failure, a cancel or an interruption leaves the running release untouched. */
const HARMLESS: readonly Phase[] = ['preflight', 'staging', 'verifying'];

function statesOf(phase: Phase): readonly Active[] {
  return OUTCOMES.flatMap((outcome) =>
    Array.from({ length: MAX_INTERRUPTIONS }, (_, interruptions) =>
      inPhase(phase, { outcome, interruptions }),
    ),
  );
}

const inPhase = (phase: Phase, patch: Partial<Active> = {}): Active => ({
  kind: 'active',
  phase,
  outcome: 'committed',
  interruptions: 0,
  ...patch,
});

function placeOf(state: State): Phase | 'end' {
  return state.kind === 'ended' ? 'end' : state.phase;
}

type Course = readonly [passed: readonly Phase[], outcome: Outcome];

/** Every way to an end. Interruptions that change nothing but their count are left out: only the last of them decides. */
function courses(from: Active, before: readonly Phase[] = []): readonly Course[] {
  const passed = [...before, from.phase];
  const worn = { ...from, interruptions: MAX_INTERRUPTIONS - 1 };
  return EVENTS.map((event) =>
    next(event === 'interrupted' || event === 'cut-off' ? worn : from, event),
  )
    .filter((state) => state.kind === 'ended' || state.phase !== from.phase)
    .flatMap((state): readonly Course[] =>
      state.kind === 'ended' ? [[passed, state.outcome]] : courses(state, passed),
    );
}

describe('PHASE_TABLE', () => {
  it('is the table of the design', () => {
    const rows = PHASES.map((phase) => {
      const { ok, failed, interrupted, cancellable } = PHASE_TABLE[phase];
      return [`${phase}:`, ok, failed, interrupted, cancellable ? 'yes' : 'no'].join(' ');
    });
    expect(rows).toEqual(
      DESIGN.trim()
        .split('\n')
        .map((line) => line.trim().replaceAll(/ +/g, ' ')),
    );
  });

  it('has a row for each phase and no other', () => {
    expect(Object.keys(PHASE_TABLE)).toEqual([...PHASES]);
  });
});

describe('begin', () => {
  it('starts an update with its refusals, and a roll-back on request where it touches the device', () => {
    expect(begin('apply')).toEqual(inPhase('preflight'));
    expect(begin('rollback')).toEqual(inPhase('activating'));
  });
});

describe('isCancellable', () => {
  it('is true until the running release is touched, and never after', () => {
    expect(PHASES.filter(isCancellable)).toEqual(HARMLESS);
  });
});

describe('hasOtherWay', () => {
  it('is false where a failure would be the end', () => {
    expect(PHASES.filter((phase) => !hasOtherWay(phase))).toEqual(['rolling-back', 'cleaning-up']);
  });
});

describe('switchesTo', () => {
  it('names the tree that a phase is switching the targets to, where it does', () => {
    const directions = PHASES.map((phase) => [phase, switchesTo(phase)] as const);
    expect(directions.filter(([, tree]) => tree !== null)).toEqual([
      ['activating', 'to'],
      ['rolling-back', 'from'],
    ]);
  });

  it('is where the transaction goes on to when that phase was cut off', () => {
    for (const phase of PHASES) {
      if (switchesTo(phase) !== null) expect(PHASE_TABLE[phase].interrupted).toBe(phase);
    }
  });
});

describe('next', () => {
  it.each(PHASES)('goes where the table says from any state of %s', (phase) => {
    const row = PHASE_TABLE[phase];
    for (const state of statesOf(phase)) {
      const isComplete = state.outcome === 'staged' && phase === 'verifying';
      expect(placeOf(next(state, 'ok'))).toBe(isComplete ? 'cleaning-up' : row.ok);
      expect(placeOf(next(state, 'failed'))).toBe(row.failed);
      expect(placeOf(next(state, 'cancelled'))).toBe(row.cancellable ? 'cleaning-up' : phase);
      const wornOut = row.interrupted === phase && state.interruptions === MAX_INTERRUPTIONS - 1;
      const over = wornOut ? row.failed : row.interrupted;
      expect(placeOf(next(state, 'interrupted'))).toBe(over);
    }
  });

  it.each(PHASES)('changes no outcome while all goes well in %s', (phase) => {
    for (const state of statesOf(phase)) expect(next(state, 'ok').outcome).toBe(state.outcome);
  });

  it.each(
    Object.entries({
      failed: HARMLESS,
      'rolled-back': ['activating', 'restarting', 'probing', 'committing'],
      broken: ['rolling-back'],
    } as const).flatMap(([outcome, phases]) => phases.map((phase) => ({ phase, outcome }))),
  )('calls a failure in $phase $outcome', ({ phase, outcome }) => {
    expect(next(inPhase(phase), 'failed').outcome).toBe(outcome);
  });

  it.each(OUTCOMES)('keeps %s when only the clean-up fails', (outcome) => {
    expect(next(inPhase('cleaning-up', { outcome }), 'failed')).toEqual({ kind: 'ended', outcome });
  });

  it.each(HARMLESS)('ends as cancelled after a cancel in %s', (phase) => {
    const cancelled = next(inPhase(phase), 'cancelled');
    expect(cancelled).toEqual(inPhase('cleaning-up', { outcome: 'cancelled' }));
  });

  it.each(PHASES.filter((phase) => !HARMLESS.includes(phase)))(
    'lets no cancel take effect in %s',
    (phase) => {
      for (const state of statesOf(phase)) expect(next(state, 'cancelled')).toBe(state);
    },
  );

  it('counts interruptions of one phase in a row and forgets them in the next', () => {
    const twice = next(inPhase('staging', { interruptions: 1 }), 'interrupted');
    expect(twice).toEqual(inPhase('staging', { interruptions: 2 }));
    expect(next(inPhase('staging', { interruptions: 2 }), 'ok')).toEqual(inPhase('verifying'));
  });

  it.each(PHASES.filter((phase) => PHASE_TABLE[phase].interrupted === phase))(
    'counts the fifth interruption of %s as its failure',
    (phase) => {
      let state: State = inPhase(phase);
      for (let times = 1; times < 5; times += 1) {
        if (state.kind === 'active') state = next(state, 'interrupted');
        expect(placeOf(state)).toBe(phase);
      }
      expect(state.kind === 'active' && next(state, 'interrupted')).toEqual(
        next(inPhase(phase), 'failed'),
      );
    },
  );

  it.each(PHASES.filter((phase) => PHASE_TABLE[phase].interrupted === phase))(
    'counts the fifth cut-off of %s as its failure too, unless that would be the end',
    (phase) => {
      const worn = inPhase(phase, { interruptions: MAX_INTERRUPTIONS - 1 });
      const due = hasOtherWay(phase) ? next(worn, 'failed') : inPhase(phase, { interruptions: 1 });
      expect(next(worn, 'cut-off')).toEqual(due);
    },
  );

  it.each(['ok', 'failed', 'interrupted'] as const)(
    'comes to an end when it hears nothing but %s',
    (event) => {
      for (const start of [begin('apply'), begin('rollback')]) {
        let state: State = start;
        for (let left = PHASES.length * MAX_INTERRUPTIONS; left > 0; left -= 1) {
          if (state.kind === 'active') state = next(state, event);
        }
        expect(state.kind).toBe('ended');
      }
    },
  );
});

describe('every course of a transaction', () => {
  const applied = courses(begin('apply'));
  const rolledBack = courses(begin('rollback'));

  it('passes each phase', () => {
    expect(new Set(applied.flatMap(([way]) => way))).toEqual(new Set(PHASES));
  });

  it('enters no phase twice', () => {
    for (const [way] of [...applied, ...rolledBack]) expect(new Set(way).size).toBe(way.length);
  });

  it('ends in one of the outcomes, and an update can end in each', () => {
    const staged = courses(begin('apply', 'staged'));
    const ends = new Set([...applied, ...staged].map(([, outcome]) => outcome));
    expect(ends).toEqual(new Set(OUTCOMES));
  });

  it('touches nothing that runs where the release is only to be staged', () => {
    const staged = courses(begin('apply', 'staged'));
    expect(staged.flatMap(([way]) => way)).not.toContain('activating');
    expect(new Set(staged.map(([, outcome]) => outcome))).toEqual(
      new Set(['staged', 'failed', 'cancelled']),
    );
    expect(applied.map(([, outcome]) => outcome)).not.toContain('staged');
  });

  it('never stages anything for a roll-back on request, which cannot end as failed or cancelled', () => {
    expect(rolledBack.flatMap(([way]) => way).filter((phase) => HARMLESS.includes(phase))).toEqual(
      [],
    );
    expect(new Set(rolledBack.map(([, outcome]) => outcome))).toEqual(
      new Set(['committed', 'rolled-back', 'broken']),
    );
  });

  it('is failed or cancelled only while the running release is untouched', () => {
    for (const [way, outcome] of applied) {
      expect(outcome === 'failed' || outcome === 'cancelled').toBe(!way.includes('activating'));
    }
  });

  it('is committed only through committing, and without a way back', () => {
    for (const [way, outcome] of [...applied, ...rolledBack]) {
      const straight = way.includes('committing') && !way.includes('rolling-back');
      expect(outcome === 'committed').toBe(straight);
    }
  });

  it('is rolled back or broken only through rolling-back, and broken leaves the traces lying', () => {
    for (const [way, outcome] of [...applied, ...rolledBack]) {
      const back = way.includes('rolling-back');
      expect(outcome === 'rolled-back' || outcome === 'broken').toBe(back);
      expect(outcome === 'broken').toBe(way.at(-1) === 'rolling-back');
    }
  });
});

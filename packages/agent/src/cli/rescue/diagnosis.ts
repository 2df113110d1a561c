/** What `pikit-rpc rescue` makes of what it has seen: what is wrong, and the one thing to do about it. Pure. */
import type { Status } from '@pikit/protocol';
import type { KeptJournal, Trees } from '../device/facts.ts';

export interface RescueFacts {
  /** Why the configuration is refused; undefined when it is good. */
  readonly configFault: string | undefined;
  /** `silent`: it hangs; `away`: nothing listens. */
  readonly agent: 'answers' | 'silent' | 'away';
  /** What the agent is at; undefined for nothing, or when it does not answer. */
  readonly running: string | undefined;
  /** Where the filesystem that keeps our records is mounted, if nothing can be written there. */
  readonly readOnlyMount: string | undefined;
  readonly journal: KeptJournal;
  readonly isStateDamaged: boolean;
  /** As told or read; undefined when neither was possible. */
  readonly status: Status | undefined;
  readonly trees: Trees;
}

export type Diagnosis =
  | { readonly kind: 'bad-config'; readonly reason: string }
  | { readonly kind: 'under-way'; readonly what: string }
  /** What is unfinished or missing can wait: nothing can be done about it. */
  | { readonly kind: 'read-only'; readonly mount: string }
  | { readonly kind: 'unfinished' }
  | { readonly kind: 'damaged-journal' }
  | { readonly kind: 'dangling' }
  | { readonly kind: 'damaged-state' }
  /** Nothing is wrong with the files: what is left is to take the previous release. */
  | { readonly kind: 'whole'; readonly previous: string }
  /** The same, and the other release is the one that somebody has left already. */
  | { readonly kind: 'left-already'; readonly previous: string }
  | { readonly kind: 'no-way-back' }
  /** The same, and the last update could neither be ended nor undone. */
  | { readonly kind: 'broken' };

/** In the order in which one thing hides the next. */
export function diagnose(facts: RescueFacts): Diagnosis {
  const { configFault, running, readOnlyMount, journal, isStateDamaged, trees, status } = facts;
  if (running !== undefined) return { kind: 'under-way', what: running };
  if (configFault !== undefined) return { kind: 'bad-config', reason: configFault };
  if (readOnlyMount !== undefined) return { kind: 'read-only', mount: readOnlyMount };
  if (journal.kind === 'damaged') return { kind: 'damaged-journal' };
  if (journal.kind === 'good') return { kind: 'unfinished' };
  if (trees.isDangling) return { kind: 'dangling' };
  if (isStateDamaged) return { kind: 'damaged-state' };
  const previous = status?.previous ?? null;
  const last = status?.last_result ?? null;
  if (previous === null) return { kind: last?.outcome === 'broken' ? 'broken' : 'no-way-back' };
  const wasLeft =
    last?.kind === 'rollback' && last.outcome === 'committed' && last.from === previous;
  return { kind: wasLeft ? 'left-already' : 'whole', previous };
}

export type Action = 'recover' | 'roll-back' | 'none';

export function actionFor({ kind }: Diagnosis): Action {
  switch (kind) {
    case 'unfinished':
    case 'damaged-journal':
    case 'damaged-state':
      return 'recover';
    case 'dangling':
    case 'whole':
      return 'roll-back';
    case 'bad-config':
    case 'under-way':
    case 'read-only':
    case 'left-already':
    case 'no-way-back':
    case 'broken':
      return 'none';
  }
}

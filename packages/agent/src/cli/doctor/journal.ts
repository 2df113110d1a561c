/** Is an update unfinished, and does somebody work on it? Findings in, verdict out. */
import { counted } from '../../core/counted.ts';
import { JOURNAL_FILE } from '../../core/layout.ts';
import type { KeptJournal } from '../device/facts.ts';
import { bad, ok, warning, type Verdict } from './verdict.ts';

const CHECK = 'journal';

/** `running`: the id of the transaction that the agent is at; null for none, undefined when it does not answer. */
export function judgeJournal(journal: KeptJournal, running: string | null | undefined): Verdict {
  if (journal.kind === 'absent') return ok(CHECK, 'nothing is unfinished');
  if (journal.kind === 'damaged') {
    const found = `${JOURNAL_FILE} cannot be believed (${journal.reason})`;
    return bad(CHECK, found, 'pikit-rpc rescue');
  }
  const { id, kind, phase, to, interruptions } = journal.content;
  const what = `${kind} of ${to.version} (${id}) is in ${phase}`;
  if (running === id) return ok(CHECK, `${what}, and the agent is at it: pikit-rpc watch`);
  const times = interruptions === 0 ? '' : `, interrupted ${counted(interruptions, 'time')}`;
  return running === undefined
    ? bad(CHECK, `${what}${times}, and nobody is at it`, 'pikit-rpc rescue')
    : warning(
        CHECK,
        `${what}${times}, and the agent is not at it yet`,
        'wait a minute and look again; if it stays: pikit-rpc rescue',
      );
}

/** Which release runs, is it all there, and is there one to go back to? Findings in, verdict out. */
import { CURRENT, RELEASES } from '../../core/layout.ts';
import type { Trees } from '../device/facts.ts';
import { bad, ok, warning, type Verdict } from './verdict.ts';

export interface ReleaseFacts {
  readonly trees: Trees;
  /** As the status says; null when nothing is known. */
  readonly version: string | null;
  readonly previous: string | null;
  /** The last update could neither be ended nor undone. */
  readonly isBroken: boolean;
  /** Why state.json cannot be believed. */
  readonly damage: string | undefined;
}

const CHECK = 'release';

export function judgeRelease(facts: ReleaseFacts): Verdict {
  const { version, previous, isBroken, damage } = facts;
  const { current, isDangling, names } = facts.trees;
  if (isDangling) {
    const lost = current ?? '?';
    const there =
      names.length === 0 ? 'no other release is there' : `there are: ${names.join(', ')}`;
    return bad(CHECK, `${CURRENT} leads to ${lost}, which is gone; ${there}`, 'pikit-rpc rescue');
  }
  if (damage !== undefined) {
    const found = `the status on the disk cannot be believed (${damage})`;
    return bad(CHECK, found, 'systemctl restart pikit-agent, which writes it anew');
  }
  if (isBroken) {
    return bad(CHECK, 'the last update could neither be ended nor undone', 'pikit-rpc rescue');
  }
  if (current === null) {
    return ok(CHECK, `${version ?? 'unknown'}: nothing was installed by the updater yet`);
  }
  const found = `${version ?? current} runs from ${RELEASES}/${current}`;
  return previous === null
    ? warning(CHECK, `${found}; there is none to go back to`, 'the next update keeps this one')
    : ok(CHECK, `${found}; ${previous} can be brought back`);
}

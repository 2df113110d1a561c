/** Are the installed files still what the release brought, as far as the last audit knows? Findings in, verdict out. */
import type { Drift } from '@pikit/protocol';
import { bad, ok, warning, type Verdict } from './verdict.ts';

const CHECK = 'audit';
const AUDIT = 'pikit-rpc doctor --audit';

/** `running`: the version that runs; an audit of another one says nothing of it. */
export function judgeDrift(drift: Drift | null, running: string | null): Verdict {
  if (drift === null || drift.version !== running) {
    return ok(CHECK, `the release that runs was not audited; ${AUDIT} does`);
  }
  const { damaged, total, checkedAt, files } = drift;
  if (damaged > 0) {
    const named = files.filter(({ problem }) => problem !== 'extra').map(({ path }) => path);
    const some = named.slice(0, 3).join(', ');
    const found = `${String(damaged)} damaged (${some}${damaged > 3 ? ', …' : ''}; ${checkedAt})`;
    return bad(CHECK, found, 'pikit-rpc update.repair');
  }
  const extra = total - damaged;
  return extra === 0
    ? ok(CHECK, `all files are whole (${checkedAt})`)
    : warning(
        CHECK,
        `all files are whole, and ${String(extra)} are there that no release brought (${checkedAt})`,
        'pikit-rpc update.verify names them',
      );
}

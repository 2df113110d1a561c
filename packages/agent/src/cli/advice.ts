/**
 * What an operator may do next, for the codes that do not say it themselves. `pikit-rpc` puts it behind the facts; the
 * dashboard has sentences of its own.
 */
import type { ErrorCode } from '@pikit/protocol';

const ADVICE: { readonly [C in ErrorCode]?: string } = {
  'agent-unreachable': 'pikit-rpc doctor says why, pikit-rpc rescue does without the agent',
  forbidden: 'only root may: sudo pikit-rpc',
  busy: 'wait for its end: pikit-rpc watch',
  'incompatible-protocol': 'the agent is of another version: systemctl restart pikit-agent',
  'config-invalid': 'correct it, then: pikit-agent --check-config',
  'no-such-release': 'pikit-rpc update.check shows what there is',
  'manifest-changed': 'pikit-rpc update.check shows what there is now',
  'signature-missing': 'pikit-rpc agent.inspect lists the keys that count here; ask the maintainer',
  'signature-invalid': 'pikit-rpc agent.inspect lists the keys that count here; ask the maintainer',
  'downgrade-refused': 'pikit-rpc update.rollback, or as root pikit-rpc update.downgrade',
  'held-back': 'without "unattended" it is installed all the same',
  'clock-wrong': 'timedatectl status',
  'no-space': 'pikit-rpc doctor names the filesystem',
  'write-failed': 'pikit-rpc doctor looks at the disk',
  'state-damaged': 'pikit-rpc doctor says what to do',
  'not-cancellable': 'it ends by itself: pikit-rpc watch; then pikit-rpc update.rollback',
  'no-such-transaction': 'pikit-rpc update.history names them',
  internal: 'journalctl -u pikit-agent has the rest',
};

/** With the arrow that doctor uses, or nothing. */
export function adviceOn(code: ErrorCode): string {
  const advice = ADVICE[code];
  return advice === undefined ? '' : ` -> ${advice}`;
}

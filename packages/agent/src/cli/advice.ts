/**
 * What an operator may do next, for the codes that do not say it themselves. `pikit-rpc` and `pikit-agent` put it behind the
 * facts; the dashboard has sentences of its own.
 */
import type { ErrorCode, ErrorView } from '@pikit/protocol';

const NETWORK =
  'look at the network and the name server of the device, then: pikit-rpc doctor --ask';
const SOURCE = 'look at [source] in /etc/pikit/updater.toml, then: pikit-rpc doctor --ask';

const ADVICE: { readonly [C in ErrorCode]?: string } = {
  offline: NETWORK,
  'dns-failed': NETWORK,
  'proxy-failed': 'look at [network] in /etc/pikit/updater.toml, then: pikit-rpc doctor --ask',
  'source-refused': SOURCE,
  'source-invalid': SOURCE,
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
  'no-space':
    'make room, and try again: pikit-rpc doctor names the filesystem, du -xh / | sort -h | tail what fills it',
  'write-failed': 'dmesg may say more, and pikit-rpc doctor looks at the disk',
  'state-damaged': 'pikit-rpc doctor says what to do',
  'not-cancellable': 'it ends by itself: pikit-rpc watch; then pikit-rpc update.rollback',
  'no-such-transaction': 'pikit-rpc update.history names them',
  internal: 'journalctl -u pikit-agent has the rest',
};

const ONLY_ROOT = 'only root may: sudo';

/** A file that cannot be written, where what the system says of it tells more than the code. */
const ON_ERRNO: Readonly<Record<string, string>> = {
  EROFS:
    'the filesystem is read-only: pikit-rpc doctor names it, dmesg may say why; mount -o remount,rw, then try again',
  EACCES: ONLY_ROOT,
  EPERM: ONLY_ROOT,
  EIO: 'the disk is failing: dmesg, and save what is on it',
};

/** Not what stands in the file is wrong, but the file. */
const NO_CONFIG = 'put a good one there that root can read, then: pikit-agent --check-config';

const ARROW = ' -> ';

/** With the arrow that doctor uses, or nothing. */
export function adviceOn(error: ErrorView): string {
  const advice = specialOn(error) ?? ADVICE[error.code];
  return advice === undefined ? '' : `${ARROW}${advice}`;
}

function specialOn({ code, details }: ErrorView): string | undefined {
  if (code === 'write-failed') return ON_ERRNO[String(details['errno'])];
  return code === 'config-invalid' && details['key'] === 'file' ? NO_CONFIG : undefined;
}

/** For who reads what another program of ours has said, and has an advice of their own. */
export function withoutAdvice(said: string): string {
  const at = said.lastIndexOf(ARROW);
  return at === -1 ? said : said.slice(0, at);
}

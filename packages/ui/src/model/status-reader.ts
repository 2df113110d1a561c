/** Asks for the status, puts answers and pushed snapshots in order, and says from each answer how the line is. */
import type { Answer } from './call.ts';
import type { Commands } from './commands.ts';
import { completeStatus } from './complete-status.ts';
import type { AgentStatus, Link, Problem } from './situation.ts';
import { admit, type Seen } from './snapshot-order.ts';

interface Needs {
  readonly commands: Pick<Commands, 'status' | 'session'>;
  readonly now: () => number;
  readonly on: {
    readonly link: (kind: Link['kind'], refusal?: Problem) => void;
    readonly status: (status: AgentStatus) => void;
    /** The device's clock minus the browser's, in milliseconds. */
    readonly ahead: (ms: number) => void;
    readonly isNew: (isNew: boolean) => void;
  };
}

export interface StatusReader {
  /** Asks once and reports what the answer says. An answer that comes after the signal is not used. */
  readonly read: (signal: AbortSignal) => Promise<Link['kind']>;
  /** Takes a snapshot that was pushed. */
  readonly take: (status: AgentStatus) => void;
  /** Of the newest snapshot, however it came: another for another one. */
  readonly stamp: () => string;
  /** False only when the api says that there is no session. */
  readonly hasSession: () => Promise<boolean>;
}

function kindOf(answer: Answer<AgentStatus>): Link['kind'] {
  if (answer.ok) return 'live';
  const { code } = answer.error;
  if (code === 'no-api') return 'elsewhere';
  if (code === 'unauthenticated') return 'signed-out';
  return code === 'no-connection' ? 'reconnecting' : 'refused';
}

/** The Date header knows whole seconds only, so less than this is no difference. Milliseconds. */
const CLOCK_GRAIN_MS = 2000;

export function createStatusReader({ commands, now, on }: Needs): StatusReader {
  let seen: Seen | undefined;

  const take = (status: AgentStatus, askedUnder: string | undefined): void => {
    const next = admit(seen, status, askedUnder);
    if (next === undefined) return;
    seen = next;
    on.status(completeStatus(status));
  };

  return {
    async read(signal) {
      const askedUnder = seen?.boot;
      const answer = await commands.status();
      const kind = kindOf(answer);
      if (signal.aborted) return kind;
      on.link(kind, answer.ok ? undefined : answer.error);
      if (!answer.ok) return kind;
      const date = Date.parse(answer.headers.get('date') ?? '');
      const ahead = date - now();
      if (!Number.isNaN(ahead)) on.ahead(Math.abs(ahead) < CLOCK_GRAIN_MS ? 0 : ahead);
      take(answer.value, askedUnder);
      return kind;
    },
    take: (status) => take(status, seen?.boot),
    stamp: () => `${String(seen?.boot)} ${String(seen?.revision)}`,
    // Asked before the status, because a refusal would stand as an error in the browser's console at every visit.
    async hasSession() {
      const answer = await commands.session();
      if (!answer.ok) return true;
      const { signedIn, setUp = false } = answer.value;
      on.isNew(setUp);
      return signedIn;
    },
  };
}

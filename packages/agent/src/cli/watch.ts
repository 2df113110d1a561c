/** `pikit-rpc watch`: the live status and log, until the agent hangs up or Ctrl-C. One line for each thing that moved. */
import type { Status } from '@pikit/protocol';
import type { AgentClient } from './client.ts';
import {
  describeLine,
  describeFinding,
  describeProgress,
  describeResult,
  describeStatus,
} from './print.ts';

/** Resolves when the agent hangs up. Listens before it asks, so that nothing is missed in between. */
export async function watch(
  client: AgentClient,
  write: (line: string) => void,
  json: boolean,
): Promise<void> {
  let shown: Status | undefined;
  const show = (status: Status): void => {
    if (shown !== undefined && !isLater(status, shown)) return;
    const line = json ? jsonEvent('status', status) : describeChange(shown, status);
    shown = status;
    if (line !== undefined) write(line);
  };
  client.on('status.changed', show);
  client.on('log.appended', (log) => write(json ? jsonEvent('log', log) : describeLine(log.line)));
  show(await client.call('update.status', {}));
  await client.closed;
}

function jsonEvent(event: string, data: unknown): string {
  return JSON.stringify({ event, data });
}

/** The answer to our own question may come after a newer notification. */
function isLater(status: Status, shown: Status): boolean {
  return status.boot !== shown.boot || status.revision > shown.revision;
}

function describeChange(before: Status | undefined, now: Status): string | undefined {
  if (before === undefined) return describeStatus(now);
  if (now.progress !== null) return describeProgress(now.progress);
  if (now.last_result !== null && now.last_result.id !== before.last_result?.id) {
    return describeResult(now.last_result);
  }
  if (now.transaction !== null && now.transaction.phase !== before.transaction?.phase) {
    return now.transaction.phase;
  }
  if (now.checking !== before.checking) return now.checking ? 'checking' : describeFinding(now);
  return undefined;
}

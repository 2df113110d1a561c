/** `pikit-rpc watch`: the live status and log, until the agent hangs up or Ctrl-C. One line for each thing that moved. */
import type { Status } from '@pikit/protocol';
import type { AgentClient } from './client.ts';
import { describeLine, describeProgress, describeResult, describeStatus } from './print.ts';

export async function watch(
  client: AgentClient,
  write: (line: string) => void,
  json: boolean,
): Promise<void> {
  if (json) {
    const emit = (event: string) => (data: unknown) => write(JSON.stringify({ event, data }));
    client.on('status.changed', emit('status'));
    client.on('log.appended', emit('log'));
    emit('status')(await client.call('update.status', {}));
    await client.closed;
    return;
  }
  let shown = await client.call('update.status', {});
  write(describeStatus(shown));
  client.on('log.appended', ({ line }) => write(describeLine(line)));
  client.on('status.changed', (status) => {
    const line = whatMoved(shown, status);
    shown = status;
    if (line !== undefined) write(line);
  });
  await client.closed;
}

function whatMoved(before: Status, now: Status): string | undefined {
  if (now.progress !== null) return describeProgress(now.progress);
  if (now.last_result !== null && now.last_result.id !== before.last_result?.id) {
    return describeResult(now.last_result);
  }
  if (now.transaction !== null && now.transaction.phase !== before.transaction?.phase) {
    return now.transaction.phase;
  }
  return now.checking && !before.checking ? 'checking' : undefined;
}

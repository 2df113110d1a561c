/** Line, link, client and feed over a socket, built as `main.ts` builds them but with shorter pauses. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '../../src/agent/client.ts';
import { openConnection } from '../../src/agent/connection.ts';
import { createHistoryFile } from '../../src/agent/history-file.ts';
import { createLine } from '../../src/agent/line.ts';
import { createLink } from '../../src/agent/link.ts';
import { createStateFile } from '../../src/agent/state-file.ts';
import { createStatusFeed } from '../../src/agent/status-feed.ts';

/** In `directory`: `agent.sock` and `state.json`. */
export function createAgentSide(directory: string, { idleMs = 30_000 } = {}) {
  const socketPath = join(directory, 'agent.sock');
  const stateFile = join(directory, 'state.json');
  const line = createLine({
    connect: (onNotification) =>
      openConnection({
        socketPath,
        client: 'test',
        timeoutMs: 60_000,
        onNotification,
        // because the connection ends, which is what a test looks at.
        onProtocolError: () => undefined,
      }),
    hasSocket: async () => existsSync(socketPath),
  });
  const link = createLink({ line, idleMs, backOffMs: { first: 10, last: 50 } });
  const client = createClient(link);
  const failures: unknown[] = [];
  const feed = createStatusFeed({
    line,
    link,
    client,
    readState: createStateFile(stateFile),
    onFailure: (_what, cause) => failures.push(cause),
  });
  const readHistory = createHistoryFile(join(directory, 'history.jsonl'));
  return { socketPath, stateFile, line, link, client, feed, readHistory, failures };
}

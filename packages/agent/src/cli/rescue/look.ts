/** What rescue looks at: the agent if it answers, else what lies on the disk. Changes nothing. */
import { StatusSchema } from '@pikit/protocol';
import { join } from 'node:path';
import { JournalRecordSchema } from '../../core/journal-record.ts';
import { AGENT_SOCKET, JOURNAL_FILE, STATE_FILE } from '../../core/layout.ts';
import { askAgent } from '../device/ask-agent.ts';
import { readFilesystems } from '../device/filesystems.ts';
import { readRecord } from '../device/records.ts';
import { readTrees } from '../device/trees.ts';
import type { RescueFacts } from './diagnosis.ts';
import type { ForegroundAgent } from './foreground-agent.ts';

const ANSWER_MS = 10_000;
const REACH = { answer: 'answers', silence: 'silent', failure: 'away' } as const;

export async function lookAround(
  root: string,
  client: string,
  agent: ForegroundAgent,
): Promise<RescueFacts> {
  const state = await readRecord(root, STATE_FILE, StatusSchema);
  const journal = await readRecord(root, JOURNAL_FILE, JournalRecordSchema);
  const told = await askAgent({ socket: join(root, AGENT_SOCKET), client, timeoutMs: ANSWER_MS });
  const saved = state.kind === 'good' ? state.content : undefined;
  const { transaction = null } = told.status ?? {};
  const busy = transaction === null ? undefined : `${transaction.kind} in ${transaction.phase}`;
  return {
    configFault: await agent.configFault(),
    agent: REACH[told.answer.kind],
    running: busy,
    readOnlyMount: (await readFilesystems(root, [STATE_FILE])).find((one) => one.isReadOnly)?.mount,
    journal,
    isStateDamaged: state.kind === 'damaged',
    // Without a file to read, the agent's own program makes up what it can. Where one is damaged it would move it.
    status: told.status ?? saved ?? (state.kind === 'absent' ? await agent.status() : undefined),
    trees: await readTrees(root),
  };
}

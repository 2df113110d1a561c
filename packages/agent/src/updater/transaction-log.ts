/** The log of one transaction: each line goes to the journal, to a file of its own, and to whoever watches. */
import {
  LogLineSchema,
  TransactionIdSchema,
  type LogLine,
  type TransactionId,
} from '@pikit/protocol';
import * as v from 'valibot';
import { logPath, LOGS } from '../core/layout.ts';
import type { Clock, Disk, Log } from '../ports.ts';
import { createTurns } from './in-turn.ts';

/** Of a longer log only the tail is read. */
const MAX_READ_BYTES = 1024 * 1024;
/** Together they keep the answer well within one line of the protocol, whatever the messages hold. */
const MAX_LINES = 500;
const MAX_ANSWER_BYTES = 120 * 1024;

export interface TransactionLogs {
  readonly open: (transaction: TransactionId) => Log;
  /** Oldest line first: the newest 500, or as many of them as make 120 KB of JSON. */
  readonly read: (transaction: TransactionId) => Promise<readonly LogLine[]>;
  readonly latest: () => Promise<TransactionId | undefined>;
  readonly prune: (keep: number) => Promise<void>;
  readonly subscribe: (listener: (transaction: TransactionId, line: LogLine) => void) => () => void;
}

interface Needs {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Log;
}

export function createTransactionLogs({ disk, clock, log }: Needs): TransactionLogs {
  const listeners = new Set<(transaction: TransactionId, line: LogLine) => void>();
  // One after the other, so that lines keep their order; a failed write never fails the update.
  const inTurn = createTurns();

  const add = (transaction: TransactionId, level: LogLine['level'], message: string): void => {
    log[level](`${transaction}: ${message}`);
    const line: LogLine = { at: clock.now(), level, message: message.slice(0, 300) };
    for (const listener of listeners) listener(transaction, line);
    inTurn(async () => {
      await disk.makeDirectory(LOGS);
      // The line break before it ends a line that a power cut tore, which would swallow this one.
      await disk.append(logPath(transaction), `\n${JSON.stringify(line)}\n`);
    }).catch((error: unknown) => log.warning(`a log line was not kept: ${String(error)}`));
  };

  const ids = async (): Promise<readonly TransactionId[]> =>
    (await disk.list(LOGS)).flatMap((name) => {
      const parsed = v.safeParse(TransactionIdSchema, name.replace(/\.jsonl$/, ''));
      return parsed.success ? [parsed.output] : [];
    });

  return {
    open: (transaction) => ({
      info: (message) => add(transaction, 'info', message),
      warning: (message) => add(transaction, 'warning', message),
      error: (message) => add(transaction, 'error', message),
    }),
    read: async (transaction) => {
      const text = await inTurn(() => readTail(disk, logPath(transaction)));
      return newest(text.split('\n').flatMap(parseLine));
    },
    latest: async () => (await ids()).at(-1),
    prune: (keep) =>
      inTurn(async () => {
        for (const id of (await ids()).slice(0, -keep)) await disk.remove(logPath(id));
      }),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The first line may be half a line. Empty where there is no file. */
async function readTail(disk: Disk, path: string): Promise<string> {
  const entry = await disk.lstat(path);
  if (entry === undefined) return '';
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of disk.stream(path, Math.max(0, entry.size - MAX_READ_BYTES)))
    text += decoder.decode(chunk, { stream: true });
  return text;
}

/** As many of the last lines as the answer may hold. */
function newest(lines: readonly LogLine[]): readonly LogLine[] {
  let room = MAX_ANSWER_BYTES;
  const tooMany = lines.findLastIndex((line, index) => {
    room -= Buffer.byteLength(JSON.stringify(line)) + 1;
    return room < 0 || index < lines.length - MAX_LINES;
  });
  return lines.slice(tooMany + 1);
}

function parseLine(line: string): readonly LogLine[] {
  if (line === '') return [];
  try {
    return [v.parse(LogLineSchema, JSON.parse(line))];
  } catch {
    // because the last line may be torn, and the others are still worth reading
    return [];
  }
}

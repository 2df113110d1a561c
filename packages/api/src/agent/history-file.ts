/** The history that the agent keeps on the disk, beside its snapshot: what has happened, told without waking it. */
import { TransactionResultSchema, type TransactionResult } from '@pikit/protocol';
import * as v from 'valibot';
import { readSmallFile } from '../durable-file.ts';

/** As much as the agent itself reads. */
const MAX_BYTES = 4 * 1024 * 1024;

export type ReadHistory = () => Promise<readonly TransactionResult[]>;

/** One result a line, in no order that counts here. Lines that cannot be understood are left out. */
export function createHistoryFile(path: string): ReadHistory {
  return async () => {
    try {
      const text = (await readSmallFile(path, MAX_BYTES)) ?? '';
      return text.split('\n').flatMap(parseLine);
    } catch {
      // because the file belongs to the agent, which reports what is wrong with it.
      return [];
    }
  };
}

function parseLine(line: string): readonly TransactionResult[] {
  if (line.trim() === '') return [];
  try {
    return [v.parse(TransactionResultSchema, JSON.parse(line))];
  } catch {
    // because a power cut tears a line, and a later agent may write others.
    return [];
  }
}

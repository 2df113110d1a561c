/** The real log, written into a list. */
import { createLog, type Log } from '../../src/log.ts';

export interface RecordingLog extends Log {
  readonly lines: readonly string[];
}

export function createRecordingLog(): RecordingLog {
  const lines: string[] = [];
  return { ...createLog((line) => lines.push(line)), lines };
}

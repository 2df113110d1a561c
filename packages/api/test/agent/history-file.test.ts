/** The agent's history on the disk, in every condition that it can be found in. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { aTransactionResult } from '../../../protocol/test/sample-documents.ts';
import { createHistoryFile } from '../../src/agent/history-file.ts';

const LINE = JSON.stringify(aTransactionResult());

const count = (text: string) =>
  withTempDir(async (directory) => {
    const path = join(directory, 'history.jsonl');
    await writeFile(path, text);
    return (await createHistoryFile(path)()).length;
  });

describe('createHistoryFile', () => {
  it.each([
    ['whole', `${LINE}\n\n${LINE}\n`, 2],
    ['torn', `${LINE}\n${LINE.slice(0, 50)}`, 1],
    ['of another shape', `{"version":1}\n${LINE}`, 1],
    ['empty', '', 0],
    ['too large', `${LINE}\n${' '.repeat(5_000_000)}`, 0],
  ])('reads what it can of one that is %s', async (_what, text, expected) => {
    expect(await count(text)).toBe(expected);
  });

  it('is empty when there is no file', async () => {
    expect(await createHistoryFile('/nonexistent/history.jsonl')()).toEqual([]);
  });
});

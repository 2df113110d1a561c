/** The edits that prove the crash tests still fit the sources. Running them takes half an hour and is done by hand. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { repositoryRoot } from '../support/repository-root.ts';

it('names one edit for each sync and for each rule of the recovery', async () => {
  const script = join(repositoryRoot(), 'test/crash/mutants.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--list']);
  const names = stdout.trim().split('\n');
  expect(names.filter((name) => name.includes(' without ')).length).toBeGreaterThan(15);
  expect(names).toContain('the journal is not written before the flip');
});

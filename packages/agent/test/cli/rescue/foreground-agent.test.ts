/** The agent's own program as rescue drives it: here scripts that answer as it does. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../../test/support/temp-dir.ts';
import { aStatus, aTransactionResult } from '../../../../protocol/test/sample-documents.ts';
import { createForegroundAgent } from '../../../src/cli/rescue/foreground-agent.ts';

/** What it says for the words that it is called with. */
const answering = (answers: Readonly<Record<string, unknown>>) => ({
  run: <T>(work: (agent: ReturnType<typeof createForegroundAgent>) => Promise<T>) =>
    withTempDir(async (dir) => {
      const program = join(dir, 'agent.mjs');
      const script = `const answers = ${JSON.stringify(answers)};
console.log('a line of the log');
const answer = answers[process.argv.slice(4).join(' ')];
if (answer === undefined) { console.error('pikit-agent: it is wrong -> correct it'); process.exit(78); }
console.log(JSON.stringify(answer));`;
      await writeFile(program, script);
      return work(createForegroundAgent(program, '/srv/box'));
    }),
});

describe('createForegroundAgent', () => {
  it('tells how a transaction ended, that there was none, and why it was refused', () =>
    answering({
      '--recover': {},
      '--run update.rollback': aTransactionResult(),
      '--run update.repair': { error: { code: 'busy', details: {} } },
    }).run(async (agent) => {
      expect(await agent.recover()).toEqual({ kind: 'nothing' });
      expect(await agent.rollBack()).toMatchObject({ kind: 'ended' });
      expect(await agent.repair()).toEqual({
        kind: 'refused',
        error: { code: 'busy', details: {} },
      });
    }));

  it('tells who holds the lock, what is damaged and what the status is', () =>
    answering({
      '--run agent.inspect': { lock: { pid: 7 } },
      '--run update.status': aStatus(),
      '--run update.verify': aStatus(),
      '--check-config': {},
    }).run(async (agent) => {
      expect(await agent.lockHolder()).toBe(7);
      expect(await agent.status()).toEqual(aStatus());
      expect(await agent.countDamage()).toBe(aStatus().drift?.damaged);
      expect(await agent.configFault()).toBeUndefined();
    }));

  it('bears a program that says nothing of use', () =>
    answering({}).run(async (agent) => {
      expect(await agent.configFault()).toBe('it is wrong');
      expect(await agent.status()).toBeUndefined();
      expect(await agent.lockHolder()).toBeUndefined();
      expect(await agent.recover()).toEqual({
        kind: 'refused',
        error: { code: 'internal', details: { reason: 'pikit-agent: it is wrong' } },
      });
    }));
});

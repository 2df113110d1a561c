/** Asking an agent that answers, hangs, hangs up, or is not there. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../../test/support/temp-dir.ts';
import { aStatus } from '../../../../protocol/test/sample-documents.ts';
import { askAgent } from '../../../src/cli/device/ask-agent.ts';
import { refusal, withStubAgent, type Answers } from '../../support/stub-agent.ts';

const inspection = { agent: '1.0.0', pid: 1, lock: null, trees: [] };
const well: Answers = {
  'agent.inspect': () => ({ result: inspection }),
  'update.status': () => ({ result: aStatus() }),
};
const ask = (answers: Answers, timeoutMs = 60_000, first: readonly 'update.check'[] = []) =>
  withStubAgent(answers, async (agent, socket) => {
    const told = await askAgent({ socket, client: 'test', timeoutMs, first });
    return { told, methods: agent.calls.map(({ method }) => method) };
  });

describe('askAgent', () => {
  it('tells what the agent knows', async () => {
    const { told } = await ask(well);
    expect(told).toMatchObject({
      answer: { kind: 'answer', version: '1.0.0' },
      status: aStatus(),
      inspection,
    });
  });

  it('has something done first, and asks on when that is refused', async () => {
    const answers = { ...well, 'update.check': () => refusal('offline') };
    const { told, methods } = await ask(answers, 60_000, ['update.check']);
    expect(told.status).toEqual(aStatus());
    expect(methods).toContain('update.check');
  });

  it('does not wait for one that hangs', async () => {
    const { told } = await ask({}, 200);
    expect(told).toMatchObject({ answer: { kind: 'silence' }, status: undefined });
  });

  it('takes one that hangs up, or is not there, for a finding', async () => {
    const { told } = await ask({ ...well, 'agent.inspect': () => 'hang-up' });
    expect(told.answer).toMatchObject({ kind: 'failure', code: 'agent-unreachable' });
    await withTempDir(async (dir) => {
      const socket = join(dir, 'none.sock');
      const away = await askAgent({ socket, client: 'test', timeoutMs: 60_000 });
      expect(away.answer).toEqual({
        kind: 'failure',
        code: 'agent-unreachable',
        reason: 'ENOENT',
      });
    });
  });
});

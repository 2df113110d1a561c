/** The judgement on the agent's answer. */
import { describe, expect, it } from 'vitest';
import { judgeAgent, type AgentAnswer } from '../../../src/cli/doctor/agent.ts';

describe('judgeAgent', () => {
  it.each<[AgentAnswer, string, string]>([
    [{ kind: 'answer', tookMs: 12, version: '1.0.0' }, 'ok', '1.0.0 answered in 12 ms'],
    [{ kind: 'answer', tookMs: 9000, version: '1.0.0' }, 'warning', 'answered in 9000 ms'],
    [{ kind: 'silence', tookMs: 20_000 }, 'bad', 'hangs'],
    [{ kind: 'failure', code: 'agent-unreachable', reason: 'ENOENT' }, 'bad', 'ENOENT'],
    [{ kind: 'failure', code: 'incompatible-protocol', reason: 'x' }, 'bad', 'does not answer'],
  ])('%j is %s', (answer, level, words) => {
    const verdict = judgeAgent(answer);
    expect(verdict.level).toBe(level);
    expect(verdict.found).toContain(words);
  });

  it('does not advise a rescue where only the two do not fit', () => {
    const answer = { kind: 'failure', code: 'incompatible-protocol', reason: 'x' } as const;
    expect(judgeAgent(answer).advice).not.toContain('rescue');
  });
});

/** The judgement on the api's answer. */
import { describe, expect, it } from 'vitest';
import { judgeApi, type ApiAnswer } from '../../../src/cli/doctor/api.ts';

const health = { kind: 'answer', version: '1.0.0', agent: 'reachable', current: '1.1.0' } as const;

describe('judgeApi', () => {
  it.each<[ApiAnswer, string | null, string]>([
    [health, '1.1.0', 'ok'],
    [health, null, 'ok'],
    [{ ...health, current: null }, '1.1.0', 'ok'],
    [health, '1.2.0', 'warning'],
    [{ ...health, agent: 'away' }, '1.1.0', 'bad'],
    [{ kind: 'anywhere' }, '1.1.0', 'ok'],
    [{ kind: 'failure', reason: 'ECONNREFUSED' }, '1.1.0', 'bad'],
  ])('%j while %s runs is %s', (answer, running, level) => {
    expect(judgeApi('http://127.0.0.1:8421', answer, running).level).toBe(level);
  });
});

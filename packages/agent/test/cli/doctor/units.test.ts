/** The judgement on systemd's units and on Node. */
import { describe, expect, it } from 'vitest';
import type { Unit } from '../../../src/cli/device/facts.ts';
import { ALWAYS, judgeNode, judgeUnits, type UnitFacts } from '../../../src/cli/doctor/units.ts';

const unit = (name: string, changed: Partial<Unit> = {}): Unit => ({
  name,
  load: 'loaded',
  active: 'active',
  file: 'enabled',
  ...changed,
});
const TIMER = 'pikit-update.timer';
const all = [...ALWAYS, TIMER, 'nginx.service'].map((name) => unit(name));
const well: UnitFacts = {
  units: all,
  services: ['nginx.service'],
  timer: TIMER,
  isTimerWanted: true,
  isSandbox: false,
};
const but = (name: string, changed: Partial<Unit>): UnitFacts => ({
  ...well,
  units: all.map((one) => (one.name === name ? { ...one, ...changed } : one)),
});
const notOk = (facts: UnitFacts): readonly string[] =>
  judgeUnits(facts)
    .filter(({ level }) => level !== 'ok')
    .map(({ level, found }) => `${level}: ${found}`);

describe('judgeUnits', () => {
  it('names a service of the dashboard once, also where it is one of ours', () => {
    const facts = { ...well, services: ['nginx.service', 'pikit-api.service'] };
    const found = judgeUnits(facts).map((verdict) => verdict.found);
    expect(found.filter((words) => words.startsWith('pikit-api.service'))).toHaveLength(1);
    expect(found).toContain('nginx.service is active');
  });

  it.each<[string, UnitFacts, readonly string[]]>([
    ['all well', well, []],
    ['no systemd', { ...well, units: undefined }, ['warning: systemd does not answer']],
    [
      'a dead socket',
      but('pikit-agent.socket', { active: 'failed' }),
      ['bad: pikit-agent.socket is failed'],
    ],
    [
      'a socket that is not enabled',
      but('pikit-agent.socket', { file: 'disabled' }),
      ['warning: pikit-agent.socket will not be there after a restart'],
    ],
    [
      'a unit that is gone',
      but('pikit-api.service', { load: 'not-found' }),
      ['bad: pikit-api.service is not known to systemd'],
    ],
    ['none of ours in a sandbox', { ...well, units: [], isSandbox: true }, []],
    [
      'a timer that should run',
      but(TIMER, { active: 'inactive' }),
      [`bad: ${TIMER} is inactive, and the daily check is on`],
    ],
    [
      'a timer that should not',
      { ...well, isTimerWanted: false },
      [`warning: ${TIMER} is active, and the daily check is off`],
    ],
    ['a timer of which nobody knows', { ...well, isTimerWanted: undefined }, []],
    ['a service that is not here', but('nginx.service', { load: 'not-found' }), []],
    [
      'a service that failed',
      but('nginx.service', { active: 'failed' }),
      ['bad: nginx.service has failed'],
    ],
  ])('%s', (_what, facts, expected) => {
    expect(notOk(facts)).toEqual(expected);
  });
});

describe('judgeNode', () => {
  it.each([
    ['v20.19.2', 'ok'],
    ['v22.0.0', 'ok'],
    ['v20.18.9', 'bad'],
    ['v18.20.4', 'bad'],
    ['', 'bad'],
  ])('%s is %s', (version, level) => {
    expect(judgeNode(version).level).toBe(level);
  });
});

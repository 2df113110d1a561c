/** The judgement on the guard. */
import { describe, expect, it } from 'vitest';
import { judgeGuard } from '../../../src/cli/doctor/guard.ts';

const timer = { name: 'pikit-guard.timer', load: 'loaded', active: 'inactive', file: 'enabled' };
const service = { ...timer, name: 'pikit-guard.service', file: 'static' };
const running = { ...timer, active: 'active' };

describe('judgeGuard', () => {
  it.each([
    [
      'none',
      [
        { ...timer, load: 'not-found' },
        { ...service, load: 'not-found' },
      ],
      false,
      [],
    ],
    ['not needed', [timer, service], false, ['ok']],
    ['not stopped yet', [running, service], false, ['ok']],
    ['armed for an update', [running, service], true, ['ok']],
    ['armed, and not running', [timer, service], true, ['bad']],
    ['failed', [running, { ...service, active: 'failed' }], true, ['bad']],
    ['disabled', [{ ...timer, file: 'disabled' }, service], false, ['warning']],
  ])('%s', (_what, units, isArmed, levels) => {
    expect(judgeGuard(units, isArmed).map(({ level }) => level)).toEqual(levels);
  });
});

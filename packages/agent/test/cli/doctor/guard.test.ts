/** The judgement on the guard. */
import { describe, expect, it } from 'vitest';
import { judgeGuard } from '../../../src/cli/doctor/guard.ts';

const timer = { name: 'pikit-guard.timer', load: 'loaded', active: 'inactive', file: '' };
const service = { ...timer, name: 'pikit-guard.service' };
const armed = { ...timer, active: 'active' };

describe('judgeGuard', () => {
  it.each([
    ['none', [{ ...timer, load: 'not-found' }], false, []],
    ['not needed', [timer, service], false, ['ok']],
    ['armed for an update', [armed, service], true, ['ok']],
    ['armed for nothing', [armed, service], false, ['warning']],
    ['failed', [armed, { ...service, active: 'failed' }], true, ['bad']],
  ])('%s', (_what, units, isUpdating, levels) => {
    expect(judgeGuard(units, isUpdating).map(({ level }) => level)).toEqual(levels);
  });
});

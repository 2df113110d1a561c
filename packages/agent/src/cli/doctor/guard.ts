/** Is the guard, which brings the old release back when a new agent is dead, armed only while an update needs it? Findings in, verdict out. */
import type { Unit } from '../device/facts.ts';
import { bad, ok, warning, type Verdict } from './verdict.ts';

const CHECK = 'guard';
export const GUARD_UNITS = ['pikit-guard.timer', 'pikit-guard.service'] as const;

/** Says nothing where there is no guard. */
export function judgeGuard(units: readonly Unit[], isUpdating: boolean): readonly Verdict[] {
  const guards = units.filter(
    ({ name, load }) => load === 'loaded' && GUARD_UNITS.some((guard) => guard === name),
  );
  if (guards.length === 0) return [];
  const failed = guards.find(({ active }) => active === 'failed');
  if (failed !== undefined) {
    const look = `journalctl -u ${failed.name} -n 50; then: pikit-rpc rescue`;
    return [bad(CHECK, `${failed.name} has failed`, look)];
  }
  const isArmed = guards.some(({ name, active }) => name.endsWith('.timer') && active === 'active');
  if (isArmed && !isUpdating) {
    return [warning(CHECK, 'armed, and no update runs', 'systemctl stop pikit-guard.timer')];
  }
  return [ok(CHECK, isArmed ? 'armed: an update runs' : 'there, and not needed now')];
}

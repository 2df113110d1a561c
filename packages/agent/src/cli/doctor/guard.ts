/** Would the guard bring the old release back if a new agent were dead, now and after a power cut? Findings in, verdict out. */
import type { Unit } from '../device/facts.ts';
import { bad, ok, warning, type Verdict } from './verdict.ts';

const CHECK = 'guard';
const TIMER = 'pikit-guard.timer';
export const GUARD_UNITS = [TIMER, 'pikit-guard.service'] as const;

/** `isArmed`: for the update that runs. Says nothing where there is no guard. */
export function judgeGuard(units: readonly Unit[], isArmed: boolean): readonly Verdict[] {
  const guards = units.filter(
    ({ name, load }) => load === 'loaded' && GUARD_UNITS.some((guard) => guard === name),
  );
  const timer = guards.find(({ name }) => name === TIMER);
  if (timer === undefined) return [];
  const failed = guards.find(({ active }) => active === 'failed');
  if (failed !== undefined) {
    const look = `journalctl -u ${failed.name} -n 50; then: pikit-rpc rescue`;
    return [bad(CHECK, `${failed.name} has failed`, look)];
  }
  if (isArmed && timer.active !== 'active')
    return [bad(CHECK, 'armed, and nobody looks after it', `systemctl start ${TIMER}`)];
  if (timer.file === 'disabled')
    return [warning(CHECK, 'of no use after a power cut', `systemctl enable ${TIMER}`)];
  return [ok(CHECK, isArmed ? 'armed: an update runs' : 'there, and not needed now')];
}

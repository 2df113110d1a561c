/**
 * systemd's services through `systemctl`. Names are checked before they become arguments. A device without systemd has no
 * units.
 */
import type { Services, UnitState } from '../system-ports.ts';
import { askSystemd, serviceFailure } from './systemd-programs.ts';

const UNIT = /^[A-Za-z0-9_][A-Za-z0-9:_.@\\-]{0,200}\.(?:service|socket|timer|target|path|mount)$/;
const PROPERTIES = 'LoadState,ActiveState,Job';
const ASK_TIMEOUT_MS = 10_000;
/** systemd itself gives a service 90 s to stop and 90 s to start. */
const CHANGE_TIMEOUT_MS = 200_000;

interface Options {
  readonly changeTimeoutMs?: number;
  /** Default: this process's own. */
  readonly env?: NodeJS.ProcessEnv;
}

/** The program was never run (EXIT_CGROUP of systemd.exec(5)). */
const NOT_ENTERED = '219';

function checked(unit: string, action: string): void {
  if (!UNIT.test(unit)) throw serviceFailure(unit, action, { reason: 'not the name of a unit' });
}

/** Of the lines of one unit. */
function propertiesIn(block: string): ReadonlyMap<string, string> {
  return new Map(
    block.split('\n').map((line): [string, string] => {
      const [name = '', value = ''] = line.split('=', 2);
      return [name, value];
    }),
  );
}

/** Without any lines nothing is there. */
function stateIn(block: string): Omit<UnitState, 'unit'> {
  const told = propertiesIn(block);
  const load = told.get('LoadState') ?? 'not-found';
  // A masked unit was switched off by the operator: as good as not there.
  const isThere = load !== 'not-found' && load !== 'masked';
  const active = told.get('ActiveState') ?? '';
  // At boot a unit that is about to start is inactive too: its job waits, and its number is shown.
  const isAwaited = /^[1-9]/.test(told.get('Job') ?? '');
  return {
    isThere,
    isActive: isThere && (active === 'active' || active === 'reloading'),
    isStopped: isThere && active === 'inactive' && !isAwaited,
  };
}

/** Every failure is `service-failed` with `unit`, `action` and `reason`. */
export function createServices({
  changeTimeoutMs = CHANGE_TIMEOUT_MS,
  env,
}: Options = {}): Services {
  const look: Services['look'] = async (units) => {
    for (const unit of units) checked(unit, 'look at');
    if (units.length === 0) return [];
    const args = ['show', '--property', PROPERTIES, '--', ...units];
    const answer = await askSystemd('systemctl', args, { timeoutMs: ASK_TIMEOUT_MS, env });
    if (answer.exit !== 0 && !answer.without)
      throw serviceFailure(units.join(' '), 'look at', answer);
    // In the order of the question, with an empty line between two units.
    const blocks = answer.exit === 0 ? answer.stdout.split('\n\n') : [];
    return units.map((unit, index) => ({ unit, ...stateIn(blocks[index] ?? '') }));
  };

  const change = async (unit: string, action: string, args: readonly string[]): Promise<void> => {
    const answer = await askSystemd('systemctl', args, { timeoutMs: changeTimeoutMs, env });
    if (answer.exit !== 0) throw serviceFailure(unit, action, answer);
  };

  const changeUnit = async (unit: string, ...action: readonly string[]): Promise<void> => {
    checked(unit, action.join(' '));
    await change(unit, action.join(' '), [...action, '--', unit]);
  };

  /**
   * systemd refuses what was started five times in ten seconds (systemd.unit(5), StartLimitBurst=). That is for services that
   * crash again and again: an owner who goes forth and back must not be left with one that is stopped. And on a busy device it
   * may take the control group of the process that has gone away from the one that is just to enter it: no fault of the service.
   */
  const bring = async (unit: string, action: 'start' | 'restart'): Promise<void> => {
    checked(unit, action);
    try {
      await changeUnit(unit, action);
    } catch (error) {
      const ask = ['show', '--property', 'Result,ExecMainStatus', '--', unit];
      const { stdout } = await askSystemd('systemctl', ask, { timeoutMs: ASK_TIMEOUT_MS, env });
      const told = propertiesIn(stdout);
      if (told.get('Result') === 'start-limit-hit') await changeUnit(unit, 'reset-failed');
      else if (told.get('ExecMainStatus') !== NOT_ENTERED) throw error;
      await changeUnit(unit, action);
    }
  };

  return {
    look,
    start: (unit) => bring(unit, 'start'),
    restart: (unit) => bring(unit, 'restart'),
    reload: (unit) => changeUnit(unit, 'reload'),
    reloadUnitFiles: () => change('systemd', 'reload', ['daemon-reload']),
    setEnabled: (unit, enabled) => changeUnit(unit, enabled ? 'enable' : 'disable', '--now'),
  };
}

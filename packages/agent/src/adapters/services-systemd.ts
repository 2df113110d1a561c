/**
 * systemd's services through `systemctl`. Names are checked before they become arguments. A device without systemd has no
 * units.
 */
import { UpdateError } from '@pikit/protocol';
import type { Services } from '../system-ports.ts';
import { askSystemd } from './systemd-programs.ts';

const UNIT = /^[A-Za-z0-9_][A-Za-z0-9:_.@\\-]{0,200}\.(?:service|socket|timer|target|path|mount)$/;
const ASK_TIMEOUT_MS = 10_000;
/** systemd itself gives a service 90 s to stop and 90 s to start. */
const CHANGE_TIMEOUT_MS = 200_000;

interface Options {
  readonly changeTimeoutMs?: number;
  /** Default: this process's own. */
  readonly env?: NodeJS.ProcessEnv;
}

function failed(
  unit: string,
  action: string,
  { reason, cause }: { readonly reason: string; readonly cause?: unknown },
): UpdateError {
  return new UpdateError('service-failed', `cannot ${action} ${unit}: ${reason}`, {
    cause,
    details: { unit, action, reason },
  });
}

function checked(unit: string, action: string): void {
  if (!UNIT.test(unit)) throw failed(unit, action, { reason: 'not the name of a unit' });
}

/** Every failure is `service-failed` with `unit`, `action` and `reason`. */
export function createServices({
  changeTimeoutMs = CHANGE_TIMEOUT_MS,
  env,
}: Options = {}): Services {
  /** One property of a unit; undefined on a device without systemd. */
  const ask = async (unit: string, property: string): Promise<string | undefined> => {
    checked(unit, 'look at');
    const args = ['show', '--property', property, '--value', '--', unit];
    const answer = await askSystemd('systemctl', args, { timeoutMs: ASK_TIMEOUT_MS, env });
    if (answer.exit === 0) return answer.stdout.trim();
    if (answer.missing || answer.reason.includes('not been booted with systemd')) return undefined;
    throw failed(unit, 'look at', answer);
  };

  const change = async (unit: string, action: string, args: readonly string[]): Promise<void> => {
    const answer = await askSystemd('systemctl', args, { timeoutMs: changeTimeoutMs, env });
    if (answer.exit !== 0) throw failed(unit, action, answer);
  };

  const changeUnit = async (unit: string, ...action: readonly string[]): Promise<void> => {
    checked(unit, action.join(' '));
    await change(unit, action.join(' '), [...action, '--', unit]);
  };

  return {
    async exists(unit) {
      const state = await ask(unit, 'LoadState');
      // A masked unit was switched off by the operator: as good as not there.
      return state !== undefined && state !== 'not-found' && state !== 'masked';
    },
    async isActive(unit) {
      const state = await ask(unit, 'ActiveState');
      return state === 'active' || state === 'reloading';
    },
    async isStopped(unit) {
      if ((await ask(unit, 'ActiveState')) !== 'inactive') return false;
      // At boot a unit that is about to start is inactive too: its job waits, and its number is shown.
      return !/^[1-9]/.test((await ask(unit, 'Job')) ?? '');
    },
    restart: (unit) => changeUnit(unit, 'restart'),
    reload: (unit) => changeUnit(unit, 'reload'),
    reloadUnitFiles: () => change('systemd', 'reload', ['daemon-reload']),
    setEnabled: (unit, enabled) => changeUnit(unit, enabled ? 'enable' : 'disable', '--now'),
  };
}

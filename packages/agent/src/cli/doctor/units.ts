/** Does systemd hold what must run, start it at boot, and know the services that an update has to tell? Findings in, verdict out. */
import type { Unit } from '../device/facts.ts';
import { bad, ok, warning, type Verdict } from './verdict.ts';

export interface UnitFacts {
  /** Undefined when systemd does not answer. */
  readonly units: readonly Unit[] | undefined;
  /** Names of the services in updater.toml. */
  readonly services: readonly string[];
  readonly timer: string;
  /** What the owner has set; undefined when that is not known. */
  readonly isTimerWanted: boolean | undefined;
  /** Nobody has installed units of ours for a sandbox. */
  readonly isSandbox: boolean;
}

const CHECK = 'units';

/** Ours that must be active whenever the device is up. */
export const ALWAYS = [
  'pikit-agent.socket',
  'pikit-agent-api.socket',
  'pikit-api.service',
] as const;

export function judgeUnits(facts: UnitFacts): readonly Verdict[] {
  const { units, services, timer, isTimerWanted, isSandbox } = facts;
  if (units === undefined) {
    return [warning(CHECK, 'systemd does not answer', 'systemctl is-system-running')];
  }
  const find = (name: string): Unit | undefined => units.find((unit) => unit.name === name);
  return [
    ...ALWAYS.flatMap((name) => judgeOwn(name, find(name), isSandbox)),
    ...judgeTimer(timer, find(timer), isTimerWanted, isSandbox),
    ...services
      .filter((name) => isSandbox || !ALWAYS.some((own) => own === name))
      .map((name) => judgeService(name, find(name))),
  ];
}

const isThere = (unit: Unit | undefined): unit is Unit => unit?.load === 'loaded';

function judgeOwn(name: string, unit: Unit | undefined, isSandbox: boolean): readonly Verdict[] {
  if (!isThere(unit)) {
    return isSandbox
      ? []
      : [bad(CHECK, `${name} is not known to systemd`, 'install the package again')];
  }
  if (unit.active !== 'active' && unit.active !== 'activating') {
    const found = `${name} is ${unit.active}`;
    return [bad(CHECK, found, `systemctl restart ${name}; journalctl -u ${name} -n 50`)];
  }
  return unit.file === 'disabled'
    ? [warning(CHECK, `${name} will not be there after a restart`, `systemctl enable ${name}`)]
    : [ok(CHECK, `${name} is ${unit.active}`)];
}

function judgeTimer(
  name: string,
  unit: Unit | undefined,
  isWanted: boolean | undefined,
  isSandbox: boolean,
): readonly Verdict[] {
  if (!isThere(unit)) {
    return isSandbox
      ? []
      : [bad(CHECK, `${name} is not known to systemd`, 'correct timer in /etc/pikit/updater.toml')];
  }
  const isActive = unit.active === 'active';
  const found = `${name} is ${unit.active}`;
  if (isWanted === undefined || isWanted === isActive) return [ok(CHECK, found)];
  return [
    isWanted
      ? bad(CHECK, `${found}, and the daily check is on`, `systemctl enable --now ${name}`)
      : warning(CHECK, `${found}, and the daily check is off`, `systemctl disable --now ${name}`),
  ];
}

function judgeService(name: string, unit: Unit | undefined): Verdict {
  // That an update skips it is what updater.toml promises.
  if (!isThere(unit)) return ok(CHECK, `${name} is not on this device, and an update skips it`);
  return unit.active === 'failed'
    ? bad(CHECK, `${name} has failed`, `systemctl status ${name}; journalctl -u ${name} -n 50`)
    : ok(CHECK, `${name} is ${unit.active}`);
}

/** What the programs need at least, as package.json says. */
const NODE = [20, 19] as const;

export function judgeNode(version: string): Verdict {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const isEnough = major > NODE[0] || (major === NODE[0] && minor >= NODE[1]);
  return isEnough
    ? ok('node', version)
    : bad(
        'node',
        version === '' ? 'there is none' : version,
        `install Node ${NODE.join('.')} or later`,
      );
}

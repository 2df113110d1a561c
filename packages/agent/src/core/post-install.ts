/**
 * What a release may ask for after activation: to restart or reload a unit of the config's list, or to run a command. A
 * command is a program and its words; there is no shell that could make more of them. Decides, runs nothing.
 */
import { UpdateError } from '@pikit/protocol';
import type { ManifestFile } from '@pikit/protocol/manifest';
import { modeOf } from './manifest.ts';
import { refusalOfPath } from './release-path.ts';

export interface ServiceAction {
  readonly unit: string;
  readonly action: 'restart' | 'reload';
}

export interface Command {
  /** Its place in `post_install`, which names it within a transaction. */
  readonly index: number;
  /** As the maintainer wrote it. */
  readonly entry: string;
  /** A path inside the release, or an absolute one of the device. */
  readonly program: string;
  readonly args: readonly string[];
}

/** What a command needs besides being well-formed. */
export interface CommandConditions {
  readonly isSigned: boolean;
  readonly isAllowed: boolean;
  readonly hasSystemd: boolean;
}

/** `systemctl restart x` is how a hand-written manifest says it; `systemctl` itself is never run with its words. */
const SERVICE = /^(?:systemctl )?(restart|reload) ([A-Za-z0-9@._:-]{1,200})$/;

/** What a shell, a unit file and a terminal take as it stands. */
const WORD = /^[A-Za-z0-9_./:=,@+-]+$/;

/** The entries that name a service. Throws `post-install-refused` with `entry` and `reason`. */
export function serviceActionsOf(
  entries: readonly string[],
  allowedUnits: readonly string[],
): readonly ServiceAction[] {
  return entries.flatMap((entry) => {
    const match = SERVICE.exec(entry.trim());
    if (match === null) return [];
    const [, action, name = ''] = match;
    const unit = withSuffix(name);
    if (!allowedUnits.includes(unit))
      throw refused(entry, 'the unit is not in the list of updater.toml');
    return [{ unit, action: action === 'reload' ? 'reload' : 'restart' }];
  });
}

/** All other entries. Throws `post-install-refused` with `entry` and `reason`. */
export function commandsOf(entries: readonly string[]): readonly Command[] {
  return entries.flatMap((entry, index) => {
    if (SERVICE.test(entry.trim())) return [];
    const [program = '', ...args] = entry.trim().split(/[ \t]+/);
    if (program === '') throw refused(entry, 'empty');
    if (![program, ...args].every((word) => WORD.test(word)))
      throw refused(entry, 'there is no shell: words of letters, digits and _./:=,@+- only');
    return [{ index, entry, program, args }];
  });
}

/** Throws `post-install-refused` with `entry` and `reason` for the first that may not run. */
export function assertMayRun(
  commands: readonly Command[],
  files: readonly ManifestFile[],
  conditions: CommandConditions,
): void {
  for (const { entry, program } of commands) {
    const reason = refusalOfConditions(conditions) ?? refusalOfProgram(program, files);
    if (reason !== undefined) throw refused(entry, reason);
  }
}

function refusalOfConditions({
  isSigned,
  isAllowed,
  hasSystemd,
}: CommandConditions): string | undefined {
  if (!isSigned) return 'commands need a signed release';
  if (!isAllowed) return 'updater.toml does not allow commands';
  return hasSystemd ? undefined : 'commands need systemd, which does not run this device';
}

/** The mode must stand in the manifest, because nobody signs what stands in the archive alone. */
function refusalOfProgram(program: string, files: readonly ManifestFile[]): string | undefined {
  if (program.startsWith('/')) {
    const refusal = refusalOfPath(program.slice(1));
    return refusal === undefined ? undefined : 'the path of the program is not plain';
  }
  const file = files.find(({ path }) => path === program);
  if (file === undefined) return 'the release has no such program';
  const mode = modeOf(file) ?? 0;
  return (mode & 0o100) === 0 ? 'the manifest does not make the program executable' : undefined;
}

/** What systemd.unit(5) knows; after any other dot a name goes on, as in `org.example.web`. */
const UNIT_TYPE = /\.(?:service|socket|timer|path|mount|automount|swap|target|device|slice|scope)$/;

/** A drop-in is read as a part of its unit: `web.service.d/memory.conf`. */
const DROP_IN = /\.d\/[^/]+\.conf$/;

/** Whether systemd must be told when the file changes; by its name alone. */
export function isUnitFile(path: string): boolean {
  return UNIT_TYPE.test(path.replace(DROP_IN, ''));
}

/** systemctl's own rule: a name without the suffix of a unit type is a service. */
export function withSuffix(unit: string): string {
  return UNIT_TYPE.test(unit) ? unit : `${unit}.service`;
}

function refused(entry: string, reason: string): UpdateError {
  return new UpdateError(
    'post-install-refused',
    `post_install ${JSON.stringify(entry)}: ${reason}`,
    {
      details: { entry: entry.slice(0, 200), reason },
    },
  );
}

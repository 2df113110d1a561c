/**
 * What a release may ask for after activation: to restart or reload a unit of the config's list. Commands need a
 * signature, which this version cannot check, so they are refused.
 */
import { UpdateError } from '@pikit/protocol';

export interface ServiceAction {
  readonly unit: string;
  readonly action: 'restart' | 'reload';
}

/** `systemctl restart x` is how a hand-written manifest says it; `systemctl` itself is never run with its words. */
const ENTRY = /^(?:systemctl )?(restart|reload) ([A-Za-z0-9@._:-]{1,200})$/;

/** Throws `post-install-refused` with `entry` and `reason`. */
export function parsePostInstall(
  entries: readonly string[],
  allowedUnits: readonly string[],
): readonly ServiceAction[] {
  return entries.map((entry) => {
    const match = ENTRY.exec(entry.trim());
    if (match === null) throw refused(entry, 'commands need a signed release');
    const [, action, name = ''] = match;
    const unit = withSuffix(name);
    if (!allowedUnits.includes(unit))
      throw refused(entry, 'the unit is not in the list of updater.toml');
    return { unit, action: action === 'reload' ? 'reload' : 'restart' };
  });
}

/** What systemd.unit(5) knows; after any other dot a name goes on, as in `org.example.web`. */
const UNIT_TYPE = /\.(?:service|socket|timer|path|mount|automount|swap|target|device|slice|scope)$/;

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

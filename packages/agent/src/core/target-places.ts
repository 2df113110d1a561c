/** Which targets can stand side by side on a device, and which places are none for any of them. Touches nothing. */
import type { Target } from './activation-plan.ts';
import { BACKUPS, directoryOf, DOWNLOADS, IMPORT_FILE, LOCK_FILE } from './layout.ts';

/** Places that are the updater's own: a target there could take away what a roll-back needs, or the factory release. */
const RESERVED = [
  '/usr/lib/pikit',
  '/usr/share/pikit',
  '/var/lib/pikit',
  '/var/lib/pikit-update',
  directoryOf(IMPORT_FILE),
  '/etc/pikit',
  '/run/pikit',
  BACKUPS,
  DOWNLOADS,
  LOCK_FILE,
];

/** Also when the path merely holds such a place, as `/etc` does. */
export function touchesUpdater(path: string): boolean {
  return RESERVED.some((place) => overlaps(place, path));
}

type Place = Pick<Target, 'to' | 'kind'>;

/** The first target that cannot stand where it is meant to; undefined when all can. */
export function refusalOfPlaces(
  targets: readonly Place[],
): { readonly index: number; readonly reason: string } | undefined {
  for (const [index, target] of targets.entries()) {
    if (touchesUpdater(target.to)) return { index, reason: 'is a place of the updater' };
    const clash = targets.findIndex(
      (other, at) => at < index && overlaps(other.to, target.to) && !canShare(other, target),
    );
    if (clash !== -1) return { index, reason: `lies in the way of target ${String(clash + 1)}` };
  }
  return undefined;
}

/**
 * A merge target shares its directory with files and other merges: there only single names must differ, which each
 * release decides. Nothing can stand below a file, or below a directory that is switched as one.
 */
function canShare(a: Place, b: Place): boolean {
  const [upper, lower] = a.to.length <= b.to.length ? [a, b] : [b, a];
  if (upper.kind !== 'merge' || lower.kind === 'directory') return false;
  return lower.kind === 'merge' || lower.to !== upper.to;
}

function overlaps(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

/**
 * Which release notes the owner is shown: those of the release that is offered, and of what lies between it and what runs. All
 * of them together are bounded, because the snapshot must fit into one line of the protocol.
 */
import type { Channel, ReleaseSummary, Version } from '@pikit/protocol';
import type { TreeVersion } from './layout.ts';
import { isNewer, newestFirst } from './selection.ts';

/** What is longer is cut. Characters. */
const MAX_NOTES = 16_000;
const MAX_EARLIER = 20;

interface Listed {
  readonly version: Version;
  readonly channel: Channel;
  readonly notes: string | undefined;
}

type Notes = Pick<ReleaseSummary, 'notes' | 'earlier'>;

/** `own`: of the release itself. Of the others, those that the source tells, until the room is used up. */
export function gatherNotes(
  own: string | undefined,
  version: Version,
  listed: readonly Listed[],
  channel: Channel,
): Notes {
  const notes = own === undefined ? null : own.slice(0, MAX_NOTES);
  let room = MAX_NOTES - (notes?.length ?? 0);
  const earlier: Notes['earlier'] = [];
  for (const release of newestFirst(listed, channel)) {
    const text = release.notes?.trim().slice(0, room) ?? '';
    if (text === '' || !isNewer(version, release.version)) continue;
    if (earlier.length === MAX_EARLIER) break;
    earlier.push({ version: release.version, notes: text });
    room -= text.length;
  }
  return { notes, earlier };
}

/** What this device has not had; where it runs what never had a version, nobody knows what that is. */
export function unseenNotes(
  earlier: Notes['earlier'],
  current: TreeVersion | null,
): Notes['earlier'] {
  if (current === null || current === 'preexisting') return [];
  return earlier.filter(({ version }) => isNewer(version, current));
}

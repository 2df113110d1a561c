/** Whom this device believes: are there keys, can they be read, can nobody but root change them, were they retired? */
import { KEYS, TRUST_FILE } from '../../core/layout.ts';
import type { Place } from '../device/facts.ts';
import { bad, ok, warning, type Verdict } from './verdict.ts';

export interface KeyFacts {
  readonly directory: Place;
  /** `id` is undefined where the file is no public key. */
  readonly files: readonly { readonly place: Place; readonly id: string | undefined }[];
  /** Ids of those that releases have introduced. */
  readonly introduced: readonly string[];
  readonly retired: readonly string[];
  /** Why trust.json cannot be believed. */
  readonly damage: string | undefined;
}

const CHECK = 'keys';
const OTHERS_WRITE = 0o022;

export function judgeKeys(facts: KeyFacts): readonly Verdict[] {
  const { directory, files, introduced, retired, damage } = facts;
  const found: Verdict[] = [];
  if (damage !== undefined) {
    found.push(
      bad(
        CHECK,
        `${TRUST_FILE} is damaged (${damage}): nothing is installed until that is settled`,
        `compare ${KEYS} with the keys that the maintainer publishes now, then remove the file`,
      ),
    );
  }
  for (const place of [directory, ...files.map((file) => file.place)]) {
    if (place.kind === 'absent') continue;
    if (place.owner !== 'root' || (place.mode & OTHERS_WRITE) !== 0) {
      found.push(
        bad(
          CHECK,
          `${place.path} can be changed by others than root`,
          `chown root:root ${place.path}; chmod go-w ${place.path}; then compare the keys with the maintainer's`,
        ),
      );
    }
  }
  for (const { place, id } of files) {
    if (id !== undefined) continue;
    found.push(
      bad(CHECK, `${place.path} is no public key of minisign`, 'replace or remove the file'),
    );
  }
  return [
    ...found,
    judgeIds(
      files.flatMap(({ id }) => id ?? []),
      introduced,
      retired,
    ),
  ];
}

function judgeIds(
  own: readonly string[],
  introduced: readonly string[],
  retired: readonly string[],
): Verdict {
  const all = [...new Set([...own, ...introduced])];
  if (all.length === 0) {
    return warning(
      CHECK,
      'none: files are checked by their hashes, but nobody vouches for them',
      `put the maintainer's public key into ${KEYS}`,
    );
  }
  const words = all.map((id) => {
    const notes = [
      ...(own.includes(id) ? [] : ['introduced by a release']),
      ...(retired.includes(id) ? ['retired'] : []),
    ];
    return notes.length === 0 ? id : `${id} (${notes.join(', ')})`;
  });
  return all.every((id) => retired.includes(id))
    ? bad(
        CHECK,
        `all are retired: ${words.join(', ')}`,
        `put the maintainer's new public key into ${KEYS}`,
      )
    : ok(CHECK, words.join(', '));
}

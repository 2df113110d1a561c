/** Remembers what a source listed last, so that the files of what was just listed need no second request. */
import { UpdateError, type Version } from '@pikit/protocol';

interface Listed {
  readonly version: Version;
}

export interface Catalogue<Entry extends Listed> {
  /** Asks anew. */
  readonly refresh: (signal: AbortSignal) => Promise<readonly Entry[]>;
  /** As it was listed last; asks where that is not known. Throws `no-such-release`. */
  readonly find: (version: Version, signal: AbortSignal) => Promise<Entry>;
}

/** Of several entries for one version the first counts. */
export function createCatalogue<Entry extends Listed>(
  fetchAll: (signal: AbortSignal) => Promise<readonly Entry[]>,
): Catalogue<Entry> {
  let known: ReadonlyMap<Version, Entry> = new Map();

  const refresh = async (signal: AbortSignal): Promise<readonly Entry[]> => {
    const found = new Map<Version, Entry>();
    for (const entry of await fetchAll(signal)) {
      if (!found.has(entry.version)) found.set(entry.version, entry);
    }
    known = found;
    return [...found.values()];
  };

  return {
    refresh,
    async find(version, signal) {
      if (!known.has(version)) await refresh(signal);
      const entry = known.get(version);
      if (entry !== undefined) return entry;
      throw new UpdateError('no-such-release', `the source has no release ${version}`, {
        details: { version },
      });
    },
  };
}

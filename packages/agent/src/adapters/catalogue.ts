/** Remembers what a source listed last, so that the files of what was just listed need no second request. */
import { UpdateError, type Version } from '@pikit/protocol';

interface Listed {
  readonly version: Version;
}

export interface Listing<Entry extends Listed> {
  readonly entries: readonly Entry[];
  /** A digest of all that was said; equal for lists that say the same. */
  readonly digest: string;
}

export interface Catalogue<Entry extends Listed> {
  /** Asks anew. */
  readonly refresh: (signal: AbortSignal) => Promise<readonly Entry[]>;
  /** As it was listed last; asks where that is not known. Throws `no-such-release`. */
  readonly find: (version: Version, signal: AbortSignal) => Promise<Entry>;
  /** Of the list as it was fetched last, for `getBytes`; undefined before. */
  readonly listing: () => string | undefined;
}

/** Of several entries for one version the first counts. */
export function createCatalogue<Entry extends Listed>(
  fetchAll: (signal: AbortSignal) => Promise<Listing<Entry>>,
): Catalogue<Entry> {
  let known: ReadonlyMap<Version, Entry> = new Map();
  let listing: string | undefined;

  const refresh = async (signal: AbortSignal): Promise<readonly Entry[]> => {
    const found = new Map<Version, Entry>();
    const { entries, digest } = await fetchAll(signal);
    for (const entry of entries) {
      if (!found.has(entry.version)) found.set(entry.version, entry);
    }
    known = found;
    listing = digest;
    return [...found.values()];
  };

  return {
    refresh,
    listing: () => listing,
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

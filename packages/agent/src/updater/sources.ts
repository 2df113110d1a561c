/**
 * The sources of the config behind the one port, in the operator's order: the first that lists a release speaks for all of
 * them, and what breaks off there is gone on with at another one that has the very same release. Whether a release is
 * believed is not asked here.
 */
import {
  UpdateError,
  type ErrorCode,
  type ErrorView,
  type Sha256,
  type Version,
} from '@pikit/protocol';
import { MANIFEST_LIMITS } from '@pikit/protocol/manifest';
import type { ChosenRelease, Digest, Log, ReleaseSource } from '../ports.ts';
import { toFailure } from './refusing.ts';

// Why a later source cannot hide what an earlier one offers: lists are never mixed, so it is not even asked while an earlier
// one answers. Whoever can silence the earlier ones lets it speak, and then it can do what the only source of another device
// can: withhold, which is found out as ever, since the newest release that was seen is remembered for the device and not for
// a source; and, on a device without a key, say what a release is. Bytes are taken only from a source whose manifest is, by all
// of its digest, the one that was chosen, and are checked against it like any others.

/** What a list or a manifest may take where there is another source to turn to: else a slow one could hide all of them. */
const PATIENCE_MS = 40_000;

/** The fault of this device, which no other source mends. */
const OWN_FAULTS: ReadonlySet<ErrorCode> = new Set(['no-space', 'write-failed', 'internal']);

interface Needs {
  readonly sources: readonly { readonly name: string; readonly source: ReleaseSource }[];
  readonly digest: Digest;
  readonly log: Log;
  readonly patienceMs?: number;
}

export interface Sources extends ReleaseSource {
  /** In the operator's order. `failure`: of the last time that it was asked; null also where it was not. */
  readonly states: () => readonly { readonly name: string; readonly failure: ErrorView | null }[];
}

interface Place {
  readonly name: string;
  readonly source: ReleaseSource;
  failure: ErrorView | null;
  /** Of the manifests that it has shown since the last list. */
  readonly shown: Map<Version, Sha256>;
}

export function createSources({ sources, digest, log, patienceMs = PATIENCE_MS }: Needs): Sources {
  const places: readonly Place[] = sources.map((one) => ({
    ...one,
    failure: null,
    shown: new Map(),
  }));
  const isAlone = places.length === 1;
  /** Whoever fails goes to the end of the row until the next list. */
  let row = places;

  /** Throws what is no reason to ask another source. */
  const passOver = (place: Place, error: unknown, signal: AbortSignal): UpdateError => {
    const isOurs = !(error instanceof UpdateError) || OWN_FAULTS.has(error.code);
    if (signal.aborted || isOurs) throw error;
    place.failure = error.toView();
    row = [...row.filter((one) => one !== place), place];
    if (!isAlone)
      log.warning(`source ${place.name} is passed over: ${error.code}: ${error.message}`);
    return error;
  };

  /** Of the first that succeeds. Throws the first one's failure where none does. */
  const ask = async <T>(
    signal: AbortSignal,
    work: (place: Place, isLast: boolean) => Promise<T>,
  ): Promise<T> => {
    const asked = row;
    let failure: UpdateError | undefined;
    for (const place of asked) {
      try {
        const answer = await work(place, place === asked.at(-1));
        place.failure = null;
        return answer;
      } catch (error) {
        const passed = passOver(place, error, signal);
        failure ??= passed;
      }
    }
    throw failure ?? new TypeError('a config has at least one source');
  };

  /** For what is small. */
  const askBriefly = async <T>(
    signal: AbortSignal,
    work: (place: Place, signal: AbortSignal) => Promise<T>,
  ): Promise<T> =>
    ask(signal, async (place, isLast) =>
      isLast
        ? work(place, signal)
        : within(patienceMs, signal, async (bounded) => work(place, bounded)),
    );

  const showManifest = async (
    { source, shown }: Place,
    version: Version,
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<Uint8Array> => {
    const bytes = await source.manifest(version, maxBytes, signal);
    shown.set(version, digest(bytes));
    return bytes;
  };

  /** Throws `manifest-changed` for a source with another release of this version, and its own codes. */
  const assertSame = async (
    place: Place,
    { version, manifestSha256 }: ChosenRelease,
    signal: AbortSignal,
  ): Promise<void> => {
    if (isAlone) return;
    if (!place.shown.has(version)) {
      await showManifest(place, version, MANIFEST_LIMITS.bytes, signal);
    }
    if (place.shown.get(version) === manifestSha256) return;
    throw new UpdateError('manifest-changed', `has another release ${version}`, {
      details: { version },
    });
  };

  return {
    states: () => places.map(({ name, failure }) => ({ name, failure })),

    async list(signal) {
      row = places;
      for (const { shown } of places) shown.clear();
      // A stick that is not in leaves an empty directory.
      const empty = new UpdateError('no-such-release', 'has no release');
      try {
        return await askBriefly(signal, async ({ source }, bounded) => {
          const all = await source.list(bounded);
          if (all.length === 0) throw empty;
          return all;
        });
      } catch (error) {
        if (error === empty) return [];
        throw error;
      }
    },

    manifest: async (version, maxBytes, signal) =>
      askBriefly(signal, async (place, bounded) => showManifest(place, version, maxBytes, bounded)),

    signature: async (version, maxBytes, signal) =>
      askBriefly(signal, async ({ source }, bounded) =>
        source.signature(version, maxBytes, bounded),
      ),

    async *fetchPart(release, { name, offset, length }, signal) {
      let failure: UpdateError | undefined;
      let done = 0;
      for (const place of row) {
        // A source that has sent all, and then was found to lie.
        if (done === length) break;
        try {
          await assertSame(place, release, signal);
          const rest = { name, offset: offset + done, length: length - done };
          for await (const chunk of place.source.fetchPart(release, rest, signal)) {
            done += chunk.length;
            yield chunk;
          }
          place.failure = null;
          return;
        } catch (error) {
          const passed = passOver(place, error, signal);
          failure ??= passed;
        }
      }
      throw failure ?? new TypeError('nothing was asked for');
    },

    fetchBundle: async (release, to, options) =>
      ask(options.signal, async (place) => {
        await assertSame(place, release, options.signal);
        return place.source.fetchBundle(release, to, options);
      }),
  };
}

/** Throws `offline` when it takes longer. */
async function within<T>(
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(ms)]);
  try {
    return await work(bounded);
  } catch (error) {
    throw signal.aborted ? error : toFailure(error, bounded);
  }
}

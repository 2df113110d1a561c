/**
 * The sources of the config behind the one port, in the operator's order: the first that lists a release speaks for all of
 * them, and what breaks off there is gone on with at another one that has the very same release. Whether a release is
 * believed is not asked here.
 */
import { UpdateError, type ErrorView, type Version } from '@pikit/protocol';
import { MANIFEST_LIMITS } from '@pikit/protocol/manifest';
import type { ChosenRelease, Digest, Log, ReleaseSource } from '../ports.ts';
import { createSourceRow, type Place, type SourceRow } from './source-row.ts';

// Why a later source cannot hide what an earlier one offers: lists are never mixed, so it is not even asked while an earlier
// one answers. Whoever can silence the earlier ones lets it speak, and then it can do what the only source of another device
// can: withhold, which is found out as ever, since the newest release that was seen is remembered for the device and not for
// a source; and, on a device without a key, say what a release is. Bytes are taken only from a source whose manifest is, by all
// of its digest, the one that was chosen, and are checked against it like any others.

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

export function createSources({ sources, digest, log, patienceMs }: Needs): Sources {
  const row = createSourceRow({ sources, log, patienceMs });
  const { places, ask, askBriefly } = row;

  const showManifest: ShowManifest = async ({ source, shown }, version, maxBytes, signal) => {
    const bytes = await source.manifest(version, maxBytes, signal);
    shown.set(version, digest(bytes));
    return bytes;
  };

  const assertSame: AssertSame = async (place, { version, manifestSha256 }, signal) => {
    if (places.length === 1) return;
    if (!place.shown.has(version)) {
      await showManifest(place, version, MANIFEST_LIMITS.bytes, signal);
    }
    if (place.shown.get(version) === manifestSha256) return;
    throw new UpdateError('manifest-changed', `has another release ${version}`, {
      details: { version },
    });
  };

  return {
    states: () => places.map(({ name, failure }) => ({ name, failure: failure?.toView() ?? null })),

    async list(signal) {
      row.beginAnew();
      // A stick that is not in leaves an empty directory.
      const empty = new UpdateError('no-such-release', 'has no release');
      try {
        return await askBriefly(signal, async ({ source }, bounded) => {
          const all = await source.list(bounded);
          if (all.length === 0) throw empty;
          return all;
        });
      } catch (error) {
        if (error !== empty) throw error;
        // Who could not be asked may have one: an empty directory must not speak for it.
        const failures = places.map(({ failure }) => failure);
        const other = failures.find((failure) => failure !== null && failure !== empty);
        if (other) throw other;
        return [];
      }
    },

    manifest: async (version, maxBytes, signal) =>
      askBriefly(signal, async (place, bounded) => showManifest(place, version, maxBytes, bounded)),

    signature: async (version, maxBytes, signal) =>
      askBriefly(signal, async ({ source }, bounded) =>
        source.signature(version, maxBytes, bounded),
      ),

    fetchPart: createFetchPart(row, assertSame),

    fetchBundle: async (release, to, options) =>
      ask(options.signal, async (place) => {
        await assertSame(place, release, options.signal);
        return place.source.fetchBundle(release, to, options);
      }),
  };
}

type ShowManifest = (
  place: Place,
  version: Version,
  maxBytes: number,
  signal: AbortSignal,
) => Promise<Uint8Array>;

/** Throws `manifest-changed` for a source with another release of this version, and its own codes. */
type AssertSame = (place: Place, release: ChosenRelease, signal: AbortSignal) => Promise<void>;

function createFetchPart(row: SourceRow, assertSame: AssertSame): ReleaseSource['fetchPart'] {
  return async function* fetchPart(release, { name, offset, length }, signal) {
    let failure: UpdateError | undefined;
    let done = 0;
    for (const place of row.inTurn()) {
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
        const passed = row.passOver(place, error, signal);
        failure ??= passed;
      }
    }
    throw failure ?? new TypeError('nothing was asked for');
  };
}

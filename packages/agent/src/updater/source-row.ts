/**
 * Sources in a row: who is asked first, who is asked next when that fails, and how each was last met. What is asked of them is
 * for the caller.
 */
import { UpdateError, type ErrorCode, type Sha256, type Version } from '@pikit/protocol';
import type { Log, ReleaseSource } from '../ports.ts';
import { within } from './refusing.ts';

/** What a list or a manifest may take where there is another source to turn to: else a slow one could hide all of them. */
const PATIENCE_MS = 40_000;

/** The fault of this device, which no other source mends. */
const OWN_FAULTS: ReadonlySet<ErrorCode> = new Set(['no-space', 'write-failed', 'internal']);

export interface Place {
  readonly name: string;
  readonly source: ReleaseSource;
  /** Of the last time that it was asked; null also where it was not. */
  failure: UpdateError | null;
  /** Of the manifests that it has shown since the row began anew. */
  readonly shown: Map<Version, Sha256>;
}

interface Needs {
  readonly sources: readonly { readonly name: string; readonly source: ReleaseSource }[];
  readonly log: Log;
  readonly patienceMs: number | undefined;
}

export interface SourceRow {
  /** In the operator's order. */
  readonly places: readonly Place[];
  /** As they are asked now: whoever failed stands at the end. */
  readonly inTurn: () => readonly Place[];
  readonly beginAnew: () => void;
  /** Puts it at the end, and answers with its failure. Throws what is no reason to ask another one. */
  readonly passOver: (place: Place, error: unknown, signal: AbortSignal) => UpdateError;
  /** Of the first that succeeds. Throws the first one's failure where none does. */
  readonly ask: <T>(
    signal: AbortSignal,
    work: (place: Place, isLast: boolean) => Promise<T>,
  ) => Promise<T>;
  /** The same for what is small. */
  readonly askBriefly: <T>(
    signal: AbortSignal,
    work: (place: Place, signal: AbortSignal) => Promise<T>,
  ) => Promise<T>;
}

export function createSourceRow({ sources, log, patienceMs = PATIENCE_MS }: Needs): SourceRow {
  const places: readonly Place[] = sources.map((one) => ({
    ...one,
    failure: null,
    shown: new Map(),
  }));
  let row = places;

  const passOver = (place: Place, error: unknown, signal: AbortSignal): UpdateError => {
    const isOurs = !(error instanceof UpdateError) || OWN_FAULTS.has(error.code);
    if (signal.aborted || isOurs) throw error;
    place.failure = error;
    row = [...row.filter((one) => one !== place), place];
    const said = `source ${place.name} is passed over: ${error.code}: ${error.message}`;
    if (places.length > 1) log.warning(said);
    return error;
  };

  const ask: SourceRow['ask'] = async (signal, work) => {
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

  return {
    places,
    inTurn: () => row,
    beginAnew() {
      row = places;
      for (const { shown } of places) shown.clear();
    },
    passOver,
    ask,
    askBriefly: async (signal, work) =>
      ask(signal, async (place, isLast) =>
        isLast
          ? work(place, signal)
          : within(patienceMs, signal, async (bounded) => work(place, bounded)),
      ),
  };
}

/**
 * Remembers what the last few documents said, so that one that is read again and again is parsed once. It is the content that
 * decides, by its digest, and not the name: nothing that has changed on the disk is ever hidden.
 */
import { hash } from 'node:crypto';

export interface Parsed<T> {
  readonly value: T;
  readonly sha256: string;
}

type Parse<T> = (bytes: Uint8Array) => T;

/** The same `parse` must answer to the same bytes with the same. */
export interface ParsedOnce {
  /** Undefined unless this `parse` has understood bytes with that digest, and not long ago. */
  readonly recall: <T>(sha256: string, parse: Parse<T>) => Parsed<T> | undefined;
  /** Throws what `parse` throws, and remembers nothing then. */
  readonly understand: <T>(bytes: Uint8Array, parse: Parse<T>) => Parsed<T>;
}

/** Manifest and record of the release that runs, of the one that comes and of the one that goes. */
const KEPT = 6;

export function createParsedOnce(): ParsedOnce {
  // Oldest use first, as a map keeps its keys.
  const kept = new Map<string, { readonly parse: unknown; readonly value: unknown }>();
  const recall = <T>(sha256: string, parse: Parse<T>): Parsed<T> | undefined => {
    const known = kept.get(sha256);
    if (known?.parse !== parse) return undefined;
    kept.delete(sha256);
    kept.set(sha256, known);
    return { value: known.value as T, sha256 };
  };
  return {
    recall,
    understand: (bytes, parse) => {
      const sha256 = hash('sha256', bytes, 'hex');
      const known = recall(sha256, parse);
      if (known !== undefined) return known;
      const value = parse(bytes);
      kept.delete(sha256);
      kept.set(sha256, { parse, value });
      const [oldest] = kept.keys();
      if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
      return { value, sha256 };
    },
  };
}

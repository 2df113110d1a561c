/**
 * Remembers what the last few documents said, so that one that is read again and again is parsed once. It is the content that
 * decides, by its digest, and not the name: nothing that has changed on the disk is ever hidden.
 */
import { createHash } from 'node:crypto';

export interface Parsed<T> {
  readonly value: T;
  readonly sha256: string;
}

/** Throws what `parse` throws, and remembers nothing then. The same `parse` must answer to the same bytes with the same. */
export type ParsedOnce = <T>(bytes: Uint8Array, parse: (bytes: Uint8Array) => T) => Parsed<T>;

/** Manifest and record of the release that runs, of the one that comes and of the one that goes. */
const KEPT = 6;

export function createParsedOnce(): ParsedOnce {
  // Oldest use first, as a map keeps its keys.
  const kept = new Map<string, { readonly parse: unknown; readonly value: unknown }>();
  return <T>(bytes: Uint8Array, parse: (bytes: Uint8Array) => T) => {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const known = kept.get(sha256);
    const value = known?.parse === parse ? (known.value as T) : parse(bytes);
    kept.delete(sha256);
    kept.set(sha256, { parse, value });
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return { value, sha256 };
  };
}

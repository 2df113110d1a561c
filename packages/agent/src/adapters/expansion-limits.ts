/**
 * How much a gzip stream may become: a bomb is stopped while it goes off. Counts what goes in and what comes out, so two
 * streams belong together; the bytes pass through unchanged.
 */
import { Transform, type TransformCallback } from 'node:stream';
import { UpdateError } from '@pikit/protocol';

/** Web pages and scripts shrink to a fifth, a database full of zeros to a thousandth. */
export const EXPANSION = {
  /** Until so much has come out nobody asks for a ratio: small files may compress as well as they can. */
  freeBytes: 32 * 1024 * 1024,
  ratio: 200,
  /** Of input from which nothing at all comes out: empty members and empty blocks keep a processor busy for nothing. */
  barrenBytes: 1024 * 1024,
} as const;

export interface ExpansionLimits {
  readonly packed: () => Transform;
  /** Its stream fails with `too-large`. */
  readonly expanded: () => Transform;
}

export function createExpansionLimits(maxBytes: number): ExpansionLimits {
  let taken = 0;
  let barren = 0;
  let given = 0;

  const packed = (chunk: Uint8Array): UpdateError | undefined => {
    taken += chunk.length;
    barren += chunk.length;
    if (barren - chunk.length <= EXPANSION.barrenBytes) return undefined;
    return new UpdateError('bundle-invalid', `${String(barren)} bytes of gzip hold nothing`);
  };
  const expanded = (chunk: Uint8Array): UpdateError | undefined => {
    given += chunk.length;
    barren = 0;
    if (given > maxBytes) return tooLarge('expands beyond', maxBytes);
    const fair = Math.max(EXPANSION.freeBytes, taken * EXPANSION.ratio);
    return given > fair ? tooLarge('expands like a bomb, beyond', fair) : undefined;
  };
  return { packed: () => passing(packed), expanded: () => passing(expanded) };
}

function passing(refusalOf: (chunk: Uint8Array) => UpdateError | undefined): Transform {
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done: TransformCallback) {
      const refusal = refusalOf(chunk);
      if (refusal === undefined) done(null, chunk);
      else done(refusal);
    },
  });
}

function tooLarge(how: string, limit: number): UpdateError {
  return new UpdateError('too-large', `the archive ${how} ${String(limit)} bytes`, {
    details: { limit },
  });
}

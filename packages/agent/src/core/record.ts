/**
 * The form of every small file that we write for ourselves: one JSON document with a format number and a checksum. Unknown
 * members are kept out of the way, not refused: after a roll-back the old agent reads what the new one wrote.
 */
import { UpdateError } from '@pikit/protocol';
import * as v from 'valibot';
import { checksum } from './checksum.ts';

export const RECORD_FORMAT = 1;

export function encodeRecord(content: Readonly<Record<string, unknown>>): string {
  const sum = checksum(JSON.stringify(content));
  return `${JSON.stringify({ format: RECORD_FORMAT, checksum: sum, ...content }, undefined, 2)}\n`;
}

/** Throws `state-damaged` with `file` and `reason`: torn, foreign, or of a format that this agent does not know. */
export function parseRecord<S extends v.GenericSchema>(
  bytes: Uint8Array,
  schema: S,
  file: string,
): v.InferOutput<S> {
  const damaged = (reason: string, cause?: unknown): UpdateError =>
    new UpdateError('state-damaged', `${file}: ${reason}`, { cause, details: { file, reason } });
  let document: Record<string, unknown>;
  try {
    document = v.parse(
      v.record(v.string(), v.unknown()),
      JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)),
    );
  } catch (cause) {
    throw damaged('not a JSON object', cause);
  }
  const { format, checksum: sum, ...content } = document;
  if (format !== RECORD_FORMAT) throw damaged('unknown format');
  if (sum !== checksum(JSON.stringify(content))) throw damaged('checksum differs');
  const parsed = v.safeParse(schema, content);
  if (!parsed.success) throw damaged(parsed.issues[0].message);
  return parsed.output;
}

/** What was read cannot be believed. */
export function isTorn(error: unknown): error is UpdateError {
  return error instanceof UpdateError && ['state-damaged', 'too-large'].includes(error.code);
}

/** What the system says of a medium that has lost bytes, and of a filesystem that has noticed. */
const LOST_BYTES: ReadonlySet<unknown> = new Set(['EIO', 'EBADMSG', 'EUCLEAN']);

/** The same, and what nobody will ever read again, as far as one can tell. */
export function isDamage(error: unknown): error is UpdateError {
  return isTorn(error) || (error instanceof UpdateError && LOST_BYTES.has(error.details['errno']));
}

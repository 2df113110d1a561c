/**
 * What an installed release consists of: every file with its digest and its real mode. Written once, when a tree is
 * complete; later questions (what to link, what changed, what to remove) are answered from it, not from the manifest,
 * because adopted files never had one.
 */
import { Sha256Schema, UpdateError, VersionSchema } from '@pikit/protocol';
import * as v from 'valibot';

const TreeFileSchema = v.object({
  path: v.string(),
  sha256: Sha256Schema,
  mode: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(0o777)),
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});
export type TreeFile = v.InferOutput<typeof TreeFileSchema>;

const TreeRecordSchema = v.object({
  format: v.literal(1),
  version: v.union([VersionSchema, v.literal('preexisting')]),
  /** Made from what stood there before the first update: it may hold files of the owner, and is never pruned. */
  adopted: v.exactOptional(v.literal(true)),
  /** The id of the key that its manifest was signed with. */
  signedBy: v.exactOptional(v.string()),
  files: v.array(TreeFileSchema),
});
export type TreeRecord = v.InferOutput<typeof TreeRecordSchema>;

export const MAX_TREE_RECORD_BYTES = 16 * 1024 * 1024;

/** One line a file, so that a person can read it and a diff is useful. */
export function encodeTreeRecord({
  version,
  adopted = false,
  signedBy,
  files,
}: {
  readonly version: TreeRecord['version'];
  readonly adopted?: boolean;
  readonly signedBy?: string | undefined;
  readonly files: readonly TreeFile[];
}): string {
  const lines = files.map((file) => JSON.stringify(file)).join(',\n');
  const head = JSON.stringify({
    format: 1,
    version,
    ...(adopted ? { adopted } : {}),
    ...(signedBy === undefined ? {} : { signedBy }),
  });
  return `${head.slice(0, -1)},"files":[\n${lines}\n]}\n`;
}

/** Throws `state-damaged`. */
export function parseTreeRecord(bytes: Uint8Array, where: string): TreeRecord {
  try {
    return v.parse(TreeRecordSchema, JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new UpdateError('state-damaged', `the record of a release tree is damaged: ${where}`, {
      cause,
      details: { file: where },
    });
  }
}

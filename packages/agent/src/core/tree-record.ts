/**
 * What an installed release consists of: every file with its digest and its real mode, every link. Written once, when a
 * tree is complete; later questions (what to link, what changed, what to remove) are answered from it, not from the
 * manifest, because adopted files never had one.
 */
import { Sha256Schema, UpdateError, VersionSchema } from '@pikit/protocol';
import * as v from 'valibot';
import type { ReleaseLink } from './release-links.ts';

const PERMISSIONS = 0o777;

/** Set-uid and its kin stand apart: earlier agents read no more than nine bits. */
const TreeFileSchema = v.pipe(
  v.object({
    path: v.string(),
    sha256: Sha256Schema,
    mode: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(PERMISSIONS)),
    special: v.exactOptional(v.picklist([0o1000, 0o2000, 0o3000, 0o4000, 0o5000, 0o6000, 0o7000])),
    size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  }),
  v.transform(({ special = 0, mode, ...file }) => ({ ...file, mode: mode | special })),
);
export type TreeFile = v.InferOutput<typeof TreeFileSchema>;

const TreeRecordSchema = v.object({
  format: v.literal(1),
  version: v.union([VersionSchema, v.literal('preexisting')]),
  /** Made from what stood there before the first update: it may hold files of the owner, and is never pruned. */
  adopted: v.exactOptional(v.literal(true)),
  /** The id of the key that its manifest was signed with. */
  signedBy: v.exactOptional(v.string()),
  files: v.array(TreeFileSchema),
  links: v.exactOptional(v.array(v.object({ path: v.string(), to: v.string() }))),
});
export type TreeRecord = v.InferOutput<typeof TreeRecordSchema>;

export const MAX_TREE_RECORD_BYTES = 16 * 1024 * 1024;

/** One line a file, so that a person can read it and a diff is useful. */
export function encodeTreeRecord({
  version,
  adopted = false,
  signedBy,
  files,
  links = [],
}: {
  readonly version: TreeRecord['version'];
  readonly adopted?: boolean;
  readonly signedBy?: string | undefined;
  readonly files: readonly TreeFile[];
  readonly links?: readonly ReleaseLink[] | undefined;
}): string {
  const members = [
    '"format":1',
    `"version":${JSON.stringify(version)}`,
    ...(adopted ? ['"adopted":true'] : []),
    ...(signedBy === undefined ? [] : [`"signedBy":${JSON.stringify(signedBy)}`]),
    list('files', files.map(fileLine)),
    ...(links.length === 0 ? [] : [list('links', links.map(linkLine))]),
  ];
  return `{${members.join(',')}}\n`;
}

const list = (name: string, lines: readonly string[]): string =>
  `"${name}":[\n${lines.join(',\n')}\n]`;

function fileLine({ mode, ...file }: TreeFile): string {
  const special = mode & ~PERMISSIONS;
  return JSON.stringify({
    ...file,
    mode: mode & PERMISSIONS,
    ...(special === 0 ? {} : { special }),
  });
}

const linkLine = ({ path, to }: ReleaseLink): string => JSON.stringify({ path, to });

/** Throws `state-damaged`. Depends on the bytes alone. */
export function parseTreeRecord(bytes: Uint8Array): TreeRecord {
  try {
    return v.parse(TreeRecordSchema, JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new UpdateError('state-damaged', 'the record of a release tree is damaged', { cause });
  }
}

/**
 * Whose a configuration file is, and what becomes of it, as dpkg decides: an untouched file follows the release, an edited
 * one is never changed, and where both changed the release's own goes beside it. Touches nothing.
 */
import { Sha256Schema, TransactionIdSchema, type Sha256 } from '@pikit/protocol';
import * as v from 'valibot';
import { planActivation, type Target } from './activation-plan.ts';
import type { TreeFile } from './tree-record.ts';

/** Null: no file. `foreign`: something that is not a file, which no release brings. */
export type Content = Sha256 | 'foreign' | null;

const EditSchema = v.object({
  /** The device path of a file that the owner has changed, deleted, or put there before any release did. */
  at: v.string(),
  /** What releases last brought that the owner has dealt with; null when there was nothing. */
  ancestor: v.nullable(Sha256Schema),
});
export type Edit = v.InferOutput<typeof EditSchema>;

/** What was the owner's when this transaction began: afterwards the device alone does not tell. */
export const EditsRecordSchema = v.object({
  transaction: TransactionIdSchema,
  files: v.array(EditSchema),
  /** Each name that it was about: what is not among them the owner cannot have deleted. Absent: an earlier agent wrote it. */
  placed: v.exactOptional(v.array(v.string())),
  /** Those of them that no transaction before it was about. */
  fresh: v.exactOptional(v.array(v.string())),
});
export type EditsRecord = v.InferOutput<typeof EditsRecordSchema>;

/** What a release brings for each name on the device that is a configuration file. */
export function configsOf(
  targets: readonly Target[],
  files: readonly TreeFile[],
): ReadonlyMap<string, TreeFile> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return new Map(
    planActivation(targets, { files }).configs.flatMap(({ at, from }) => {
      const file = byPath.get(from);
      return file === undefined ? [] : [[at, file]];
    }),
  );
}

/**
 * Undefined for a file that holds what one of `releases` gave it, or is not there where that brings none. `earlier` is the
 * edit as it was known before; it still counts while its `.pikit-new` lies there (`isOpen`: the owner has not dealt with
 * `base` yet), and where `base` brought nothing to deal with.
 */
export function editOf(
  at: string,
  {
    device,
    base,
    releases,
    earlier,
    isOpen,
  }: {
    readonly device: Content;
    readonly base: Sha256 | null;
    readonly releases: readonly (Sha256 | null)[];
    readonly earlier: Edit | undefined;
    readonly isOpen: boolean;
  },
): Edit | undefined {
  if (releases.some((content) => content === device)) return undefined;
  const counts = earlier !== undefined && (isOpen || base === null);
  return { at, ancestor: counts ? earlier.ancestor : base };
}

/**
 * `take`: make the device's file what the release brings, or remove it where that brings none. `keep`: leave it alone;
 * there is nothing in the release that the owner has not dealt with. `beside`: leave it alone and show the other.
 */
export function mergeConfig(
  device: Content,
  coming: Sha256 | null,
  edit: Edit | undefined,
): 'take' | 'keep' | 'beside' {
  if (edit === undefined) return 'take';
  const isNews = coming !== null && coming !== device && coming !== edit.ancestor;
  return isNews ? 'beside' : 'keep';
}

/**
 * `releases.json`: what a directory of releases on a plain web server holds, which nobody could list there. `pikit-release
 * publish --dir` writes it and the agent reads it; ui and api have no business with it, hence an entry of its own. It only
 * points: what a release is, its manifest says. Unknown members are ignored, so that an old agent can read a newer index.
 */
import * as v from 'valibot';
import { ChannelSchema, Sha256Schema, VersionSchema } from './release.ts';

export const INDEX_NAME = 'releases.json';

/** Ten thousand releases. */
export const MAX_INDEX_BYTES = 2 * 1024 * 1024;

const IndexEntrySchema = v.object({
  version: VersionSchema,
  channel: ChannelSchema,
  /** When the manifest says that it was released, else when it was put there. */
  date: v.pipe(v.string(), v.isoTimestamp()),
  manifestSha256: Sha256Schema,
  /** `manifest.json.gz` lies beside it, and needs a third of the bytes. */
  packedManifest: v.optional(v.boolean()),
});
export type IndexEntry = v.InferOutput<typeof IndexEntrySchema>;

export const ReleaseIndexSchema = v.object({
  format: v.literal(1),
  releases: v.pipe(
    v.array(IndexEntrySchema),
    v.check(
      (all) => new Set(all.map(({ version }) => version)).size === all.length,
      'names a version twice',
    ),
  ),
});
export type ReleaseIndex = v.InferOutput<typeof ReleaseIndexSchema>;

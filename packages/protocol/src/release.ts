/** What a published version and its files are called, and what a person is told about it before installing it. */
import * as v from 'valibot';

const NUMBER = String.raw`(?:0|[1-9]\d{0,14})`;
const PRE_RELEASE = String.raw`(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)`;
const BUILD = '[0-9A-Za-z-]+';

/** Semantic Versioning 2.0.0, strictly: what passes here, no comparison of versions throws on. */
const SEMVER = new RegExp(
  `^${NUMBER}(?:\\.${NUMBER}){2}(?:-${PRE_RELEASE}(?:\\.${PRE_RELEASE})*)?(?:\\+${BUILD}(?:\\.${BUILD})*)?$`,
);

/** A semantic version without a leading `v`, at most 64 characters, because it becomes part of file names. */
export const VersionSchema = v.pipe(
  v.string(),
  v.maxLength(64),
  v.regex(SEMVER, 'Invalid version: write three numbers such as 1.4.0'),
  v.brand('Version'),
);
export type Version = v.InferOutput<typeof VersionSchema>;

/** A SHA-256 digest: 64 lower-case hexadecimal digits. */
export const Sha256Schema = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{64}$/, 'must be a digest of 64 characters, 0-9 and a-f'),
  v.brand('Sha256'),
);
export type Sha256 = v.InferOutput<typeof Sha256Schema>;

/** `stable` takes releases only, `beta` takes pre-releases too. */
export const ChannelSchema = v.picklist(['stable', 'beta']);
export type Channel = v.InferOutput<typeof ChannelSchema>;

/** What the version alone says: a hyphen in front of any build metadata begins a pre-release. */
export function channelOf(version: Version): Channel {
  return (version.split('+')[0] ?? '').includes('-') ? 'beta' : 'stable';
}

/** The names under which packer and sources know the files of a release. */
export const MANIFEST_NAME = 'manifest.json';
export const PACKED_MANIFEST_NAME = 'manifest.json.gz';
export const SIGNATURE_NAME = 'manifest.json.minisig';
export const bundleName = (version: Version): string => `pikit-${version}.tar.gz`;

/** A release that this device could take now. `bundleBytes` is null where the source does not tell the size. */
export const ReleaseSummarySchema = v.object({
  version: VersionSchema,
  manifestSha256: Sha256Schema,
  channel: ChannelSchema,
  changelog: v.string(),
  notes: v.nullable(v.string()),
  breaking: v.array(v.string()),
  released: v.nullable(v.string()),
  bundleBytes: v.nullable(v.number()),
  // What an earlier agent wrote lacks what follows.
  /** The key that vouches for it, as minisign shows its id, and the name of its file here; null: nobody does. */
  signedBy: v.optional(
    v.nullable(v.object({ key: v.string(), name: v.nullable(v.string()) })),
    null,
  ),
  /** Until when its maintainer vouches for it. Not `judged`: the clock of this device is not synchronised. */
  expires: v.optional(v.nullable(v.object({ at: v.string(), judged: v.boolean() })), null),
  /** Notes of the releases between what runs and this one, newest first, as the source lists them: nobody vouches for these. */
  earlier: v.optional(v.array(v.object({ version: VersionSchema, notes: v.string() })), []),
  /** What will really be fetched, from what is on this device now; 0 where nothing will. Null: it cannot be known. */
  downloadBytes: v.optional(v.nullable(v.number()), null),
  /** The units that installing it restarts or reloads. */
  restarts: v.optional(v.array(v.string()), []),
});
export type ReleaseSummary = v.InferOutput<typeof ReleaseSummarySchema>;

/**
 * The document that a maintainer publishes beside a bundle. The packer writes it, the agent reads it; ui and api have no
 * business with it, hence an entry of its own. What is made by hand (version, changelog, files) is complete; every
 * further field is optional. Unknown fields are ignored, so that an old agent can read a newer manifest.
 */
import * as v from 'valibot';
import { Sha256Schema, VersionSchema } from './release.ts';

/** Hard bounds that no configuration raises: they keep parsing itself harmless. Bytes and counts. */
export const MANIFEST_LIMITS = {
  bytes: 4 * 1024 * 1024,
  files: 20_000,
  links: 2_000,
  patches: 16,
  pathLength: 512,
} as const;

/** As an octal string (`"755"`, `"0644"`). With set-uid, set-gid or sticky (`"4755"`) the manifest must be signed. */
export const ModeSchema = v.pipe(
  v.string('Invalid mode: write an octal string such as "0644"'),
  v.regex(/^0?[0-7]{3,4}$/, 'Invalid mode: write an octal string such as "0644"'),
);

const SizeSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const PathSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(MANIFEST_LIMITS.pathLength));

const ManifestFileSchema = v.object({
  path: PathSchema,
  sha256: Sha256Schema,
  mode: v.exactOptional(ModeSchema),
  size: v.exactOptional(SizeSchema),
  span: v.exactOptional(v.strictTuple([SizeSchema, SizeSchema])),
});
export type ManifestFile = v.InferOutput<typeof ManifestFileSchema>;

/** A symlink: `to` is its text, relative to its own directory. */
const ManifestLinkSchema = v.object({ path: PathSchema, to: PathSchema });

const RequiresSchema = v.object({
  from: v.exactOptional(v.pipe(v.string(), v.maxLength(100))),
  arch: v.exactOptional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(32))), v.maxLength(16))),
  updater: v.exactOptional(v.pipe(v.string(), v.maxLength(100))),
});

const AssetNameSchema = v.pipe(v.string(), v.regex(/^[\w.+-]{1,200}$/));

const BundleSchema = v.object({
  name: AssetNameSchema,
  size: v.exactOptional(SizeSchema),
  sha256: v.exactOptional(Sha256Schema),
});

/** Another asset of the release: a tree patch, which makes it from the release whose manifest has the digest `from`. */
const PatchSchema = v.object({
  from: Sha256Schema,
  name: AssetNameSchema,
  size: SizeSchema,
  sha256: Sha256Schema,
});
export type ManifestPatch = v.InferOutput<typeof PatchSchema>;

/**
 * Only a signed manifest may change who is believed. `add`: public keys as the second line of minisign's `.pub` file.
 * `retire`: key ids as minisign shows them.
 */
const KeysSchema = v.object({
  add: v.exactOptional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(100))), v.maxLength(8))),
  retire: v.exactOptional(
    v.pipe(
      v.array(v.pipe(v.string(), v.regex(/^[0-9A-F]{16}$/, 'Invalid key id'))),
      v.maxLength(8),
    ),
  ),
});

export const ManifestSchema = v.object({
  version: VersionSchema,
  changelog: v.pipe(v.string(), v.maxLength(2048)),
  files: v.pipe(v.array(ManifestFileSchema), v.minLength(1), v.maxLength(MANIFEST_LIMITS.files)),
  links: v.exactOptional(v.pipe(v.array(ManifestLinkSchema), v.maxLength(MANIFEST_LIMITS.links))),
  post_install: v.exactOptional(
    v.pipe(v.array(v.pipe(v.string(), v.maxLength(512))), v.maxLength(32)),
  ),
  format: v.exactOptional(v.literal(1)),
  product: v.exactOptional(v.pipe(v.string(), v.maxLength(100))),
  released: v.exactOptional(v.pipe(v.string(), v.isoTimestamp())),
  expires: v.exactOptional(v.pipe(v.string(), v.isoTimestamp())),
  notes: v.exactOptional(v.pipe(v.string(), v.maxLength(64 * 1024))),
  breaking: v.exactOptional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(500))), v.maxLength(50))),
  requires: v.exactOptional(RequiresSchema),
  bundle: v.exactOptional(BundleSchema),
  patches: v.exactOptional(v.pipe(v.array(PatchSchema), v.maxLength(MANIFEST_LIMITS.patches))),
  keys: v.exactOptional(KeysSchema),
});
export type Manifest = v.InferOutput<typeof ManifestSchema>;

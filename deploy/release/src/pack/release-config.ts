/**
 * `pikit-release.toml` to a checked value. An unknown key is an error that names it, because a misspelt key that is silently
 * ignored is a file that never gets into a release. What a manifest may hold is asked of the manifest, not here.
 */
import { UpdateError, VersionSchema } from '@pikit/protocol';
import { ModeSchema } from '@pikit/protocol/manifest';
import validRange from 'semver/ranges/valid.js';
import { parse as parseToml, TomlDate, TomlError } from 'smol-toml';
import * as v from 'valibot';
import { refusalOfPath } from '../../../../packages/agent/src/core/release-path.ts';
import { wordsOf } from '../../../../packages/agent/src/core/setting-place.ts';
import { refusalMessage, refusalOf } from '../../../../packages/agent/src/core/setting-refusal.ts';
import { table } from '../../../../packages/agent/src/core/setting-values.ts';
import { refusalOfGlob } from './globs.ts';
import { parseMoment } from './moments.ts';

const withoutSlash = (path: string): string => path.replace(/\/+$/, '');

/** As a tag is written: the `v` is not part of the version. */
const TaggedVersionSchema = v.pipe(
  v.string(),
  v.transform((text) => text.replace(/^v/, '')),
  VersionSchema,
);

/** TOML has dates of its own, and a string does as well. */
const MomentSchema = v.pipe(
  v.union([v.string(), v.instance(TomlDate)], 'must be a date such as "2026-11-26"'),
  v.transform((date) => parseMoment(typeof date === 'string' ? date : date.toISOString()) ?? ''),
  v.minLength(1, 'must be a date such as "2026-11-26", or a moment with its time zone'),
);

const DaysSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(36_500));

const RangeSchema = v.pipe(
  v.string(),
  v.check((range) => validRange(range) !== null, 'must be a range of versions such as ">=1.2.0"'),
);

const EntrySchema = table({
  from: v.pipe(v.string(), v.minLength(1, 'must name a file or a directory')),
  to: v.pipe(
    v.string(),
    v.transform(withoutSlash),
    v.check((path) => refusalOfPath(path) === undefined, 'must be a plain path inside the release'),
  ),
  mode: v.exactOptional(ModeSchema),
});

const GlobSchema = v.pipe(
  v.string(),
  v.rawCheck(({ dataset, addIssue }) => {
    const message = dataset.typed ? refusalOfGlob(dataset.value) : undefined;
    if (message !== undefined) addIssue({ message });
  }),
);

const ConfigSchema = table({
  product: v.exactOptional(v.string()),
  version: v.exactOptional(TaggedVersionSchema),
  changelog: v.pipe(v.string(), v.regex(/^https?:\/\/\S+$/, 'must be an http or https address')),
  notes: v.exactOptional(v.pipe(v.string(), v.minLength(1, 'must name a file'))),
  released: v.exactOptional(MomentSchema),
  expires: v.exactOptional(
    v.union([DaysSchema, MomentSchema], 'must be a date, or a number of days'),
  ),
  breaking: v.exactOptional(v.array(v.string())),
  post_install: v.exactOptional(v.array(v.string())),
  requires: v.exactOptional(
    table({
      from: v.exactOptional(RangeSchema),
      arch: v.exactOptional(v.array(v.string())),
      updater: v.exactOptional(RangeSchema),
    }),
  ),
  keys: v.exactOptional(
    table({
      add: v.exactOptional(v.array(v.string())),
      retire: v.exactOptional(v.array(v.string())),
    }),
  ),
  exclude: v.optional(v.array(GlobSchema), []),
  entry: v.pipe(v.array(EntrySchema), v.minLength(1, 'needs at least one [[entry]]')),
});

export type ReleaseConfig = v.InferOutput<typeof ConfigSchema>;
export type ReleaseEntry = ReleaseConfig['entry'][number];

/** Throws `config-invalid` with `file`, `key` and `reason`. */
export function parseReleaseConfig(text: string, file: string): ReleaseConfig {
  let document: unknown;
  try {
    document = parseToml(text);
  } catch (cause) {
    throw invalidConfig(file, 'TOML', describeTomlError(cause), cause);
  }
  const parsed = v.safeParse(ConfigSchema, document);
  if (parsed.success) return parsed.output;
  const { others, ...first } = refusalOf(parsed.issues);
  throw new UpdateError('config-invalid', refusalMessage(file, text, [first, ...others]), {
    details: { file, ...first },
  });
}

function describeTomlError(cause: unknown): string {
  const [summary = ''] = String(cause instanceof Error ? cause.message : cause).split('\n');
  return cause instanceof TomlError ? `line ${String(cause.line)}: ${summary}` : summary;
}

export function invalidConfig(
  file: string,
  key: string,
  reason: string,
  cause?: unknown,
): UpdateError {
  return new UpdateError('config-invalid', `${file}: ${wordsOf(key)}: ${reason}`, {
    cause,
    details: { file, key, reason },
  });
}

/**
 * Where releases come from, as the operator writes it: `[source]` for one, `[[source]]` for several, in the order in which they
 * are asked.
 */
import * as v from 'valibot';
import { DevicePathSchema, HttpUrlSchema, TableSchema, withoutSlash } from './setting-values.ts';

const GITHUB_API = 'https://api.github.com';

/** Paths are put behind it. */
const ServerSchema = v.pipe(
  HttpUrlSchema,
  v.regex(/^[^?#]*$/, 'must be an address without ? and #'),
  v.transform(withoutSlash),
);

const RepositorySchema = v.pipe(v.string(), v.regex(/^[\w.-]+\/[\w.-]+$/, 'must be owner/name'));

const SourceSchema = v.pipe(
  TableSchema,
  v.variant('kind', [
    v.strictObject({
      kind: v.literal('gitea'),
      url: ServerSchema,
      repository: RepositorySchema,
      token_file: v.exactOptional(DevicePathSchema),
    }),
    v.strictObject({
      kind: v.literal('github'),
      // The page is what people know; releases are listed elsewhere.
      url: v.optional(
        v.pipe(
          ServerSchema,
          v.transform((url) => (url === 'https://github.com' ? GITHUB_API : url)),
        ),
        GITHUB_API,
      ),
      repository: RepositorySchema,
      token_file: v.exactOptional(DevicePathSchema),
    }),
    v.strictObject({
      kind: v.literal('static'),
      url: ServerSchema,
      token_file: v.exactOptional(DevicePathSchema),
    }),
    v.strictObject({ kind: v.literal('dir'), path: DevicePathSchema }),
  ]),
);
export type SourceSetting = v.InferOutput<typeof SourceSchema>;

const MOST = 8;

/** One or several; without its own step each issue would be told of the choice, and not of the key. */
export const SourcesSchema = v.lazy((written) =>
  Array.isArray(written)
    ? v.pipe(
        v.array(SourceSchema),
        v.minLength(1, 'needs at least one [[source]]'),
        v.maxLength(MOST, `has room for ${String(MOST)}`),
      )
    : v.pipe(
        SourceSchema,
        v.transform((one) => [one]),
      ),
);

interface Refusal {
  /** `source.token_file`, or `source.1.token_file` for the second of several. */
  readonly key: string;
  readonly reason: string;
}

/** A token that goes over http is everybody's who listens. */
export function refusalOfSources(sources: readonly SourceSetting[]): Refusal | undefined {
  const index = sources.findIndex(
    (one) => one.kind !== 'dir' && one.token_file !== undefined && !one.url.startsWith('https:'),
  );
  if (index === -1) return undefined;
  const section = sources.length === 1 ? 'source' : `source.${String(index)}`;
  return { key: `${section}.token_file`, reason: 'is sent over https only, and its url is http' };
}

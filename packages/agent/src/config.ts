/**
 * The agent's configuration: updater.toml to a checked value, read once by main. An unknown key is an error that names
 * it, because a misspelt key that is silently ignored is a target that is never updated.
 */
import { ChannelSchema, UpdateError } from '@pikit/protocol';
import { MANIFEST_LIMITS } from '@pikit/protocol/manifest';
import { parse as parseToml, TomlError } from 'smol-toml';
import * as v from 'valibot';
import { TARGET_KINDS } from './core/activation-plan.ts';
import { NetworkSchema, type NetworkSettings } from './core/network-settings.ts';
import type { Policy } from './core/policy.ts';
import { withSuffix } from './core/post-install.ts';
import { refusalOfPath } from './core/release-path.ts';
import { DEFAULT_SIZES } from './core/release-size.ts';
import { refusalMessage, refusalOf, type Refusal } from './core/setting-refusal.ts';
import { DevicePathSchema, HttpUrlSchema, table, withoutSlash } from './core/setting-values.ts';
import { refusalOfSources, SourcesSchema, type SourceSetting } from './core/source-setting.ts';
import { refusalOfPlaces, touchesUpdater } from './core/target-places.ts';

const ReleasePathSchema = v.pipe(
  v.string(),
  v.transform(withoutSlash),
  v.check((path) => refusalOfPath(path) === undefined, 'must be a plain path inside the release'),
);

const UnitSchema = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9@._:-]{1,200}$/, 'must be the name of a systemd unit'),
  v.transform(withSuffix),
);

const atLeastOne = (fallback: number, most: number = Number.MAX_SAFE_INTEGER) =>
  v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(most)), fallback);

/** Timers take 31 bits and fire at once beyond that; nobody waits longer than a day for an answer. */
const milliseconds = (fallback: number) => atLeastOne(fallback, 24 * 60 * 60 * 1000);

const TargetSchema = v.pipe(
  table({
    from: ReleasePathSchema,
    to: DevicePathSchema,
    kind: v.picklist(TARGET_KINDS),
    copy: v.exactOptional(v.boolean()),
    config: v.exactOptional(v.boolean()),
  }),
  v.check(
    ({ kind, copy }) => !(copy === true && kind === 'directory'),
    'copy works for file and merge only: a directory of copies cannot be switched at once',
  ),
  v.forward(
    v.check(
      ({ kind, config }) => !(config === true && kind === 'directory'),
      'works for file and merge only: what can be edited is a single file',
    ),
    ['config'],
  ),
  v.forward(
    v.check(
      ({ config, copy }) => !(config === true && copy === false),
      'needs real files: copy cannot be false',
    ),
    ['config'],
  ),
  v.transform((target) => ({ ...target, copy: target.copy ?? target.config ?? false })),
);

const ServiceSchema = table({
  unit: UnitSchema,
  action: v.optional(v.picklist(['restart', 'reload']), 'restart'),
  after: v.exactOptional(v.array(ReleasePathSchema)),
});

const ProbeSchema = table({
  url: HttpUrlSchema,
  assets: v.optional(v.boolean(), false),
  version_field: v.exactOptional(v.pipe(v.string(), v.regex(/^\w+$/))),
});

/** It becomes a property of a unit, in which other characters would mean something. */
const WritePathSchema = v.pipe(
  DevicePathSchema,
  v.regex(/^[A-Za-z0-9_./+@-]+$/, 'must consist of letters, digits and _./+@-'),
  v.check((path) => !touchesUpdater(path), 'is a place of the updater, or holds one'),
);

const CommandsSchema = table({
  allow: v.optional(v.boolean(), false),
  timeout_ms: atLeastOne(60_000, 60 * 60 * 1000),
  user: v.optional(
    v.pipe(v.string(), v.regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'must be the name of a user')),
    'root',
  ),
  write: v.optional(v.pipe(v.array(WritePathSchema), v.maxLength(32)), []),
});

const LimitsSchema = table({
  manifest_max_bytes: atLeastOne(MANIFEST_LIMITS.bytes, MANIFEST_LIMITS.bytes),
  bundle_max_bytes: atLeastOne(DEFAULT_SIZES.bundleBytes),
  file_max_bytes: atLeastOne(DEFAULT_SIZES.fileBytes),
  unpacked_max_bytes: atLeastOne(DEFAULT_SIZES.unpackedBytes),
  probe_timeout_ms: milliseconds(120_000),
  probe_interval_ms: milliseconds(1000),
  guard_timeout_ms: milliseconds(180_000),
  stall_timeout_ms: milliseconds(30_000),
  keep: atLeastOne(1),
  history: atLeastOne(200, 1000),
});

const ConfigSchema = table({
  channel: v.optional(ChannelSchema, 'stable'),
  product: v.exactOptional(v.pipe(v.string(), v.maxLength(100))),
  source: SourcesSchema,
  network: v.optional(NetworkSchema, {}),
  target: v.pipe(v.array(TargetSchema), v.minLength(1, 'needs at least one [[target]]')),
  service: v.optional(v.array(ServiceSchema), []),
  probe: v.optional(v.array(ProbeSchema), []),
  commands: v.optional(CommandsSchema, {}),
  limits: v.optional(LimitsSchema, {}),
  timer: v.optional(UnitSchema, 'pikit-update.timer'),
});
type Document = v.InferOutput<typeof ConfigSchema>;

/** Where releases come from is main's business; what to do with them is the policy. */
export interface Config {
  /** In the order in which they are asked. */
  readonly sources: readonly SourceSetting[];
  readonly network: NetworkSettings;
  readonly stallTimeoutMs: number;
  readonly policy: Policy;
}

/** Throws `config-invalid` with `file`, `key` and `reason`. */
export function parseConfig(text: string, file: string): Config {
  const invalid = (key: string, reason: string, cause?: unknown): UpdateError =>
    new UpdateError('config-invalid', refusalMessage(file, text, [{ key, reason }]), {
      cause,
      details: { file, key, reason },
    });
  let document: unknown;
  try {
    document = parseToml(text);
  } catch (cause) {
    throw invalid('TOML', describeTomlError(cause), cause);
  }
  const parsed = v.safeParse(ConfigSchema, document);
  if (!parsed.success) {
    const { others, ...first } = refusalOf(parsed.issues);
    throw new UpdateError('config-invalid', refusalMessage(file, text, [first, ...others]), {
      details: { file, ...first },
    });
  }
  const place = refusalOfPlaces(parsed.output.target);
  if (place !== undefined) throw invalid(`target.${String(place.index)}.to`, place.reason);
  const waiting = refusalOfServices(parsed.output);
  if (waiting !== undefined) throw invalid(waiting.key, waiting.reason);
  const secret = refusalOfSources(parsed.output.source);
  if (secret !== undefined) throw invalid(secret.key, secret.reason);
  return toConfig(parsed.output);
}

function describeTomlError(cause: unknown): string {
  const [summary = ''] = String(cause instanceof Error ? cause.message : cause).split('\n');
  return cause instanceof TomlError ? `line ${String(cause.line)}: ${summary}` : summary;
}

function toConfig({
  source,
  network,
  limits,
  target,
  service,
  probe,
  commands,
  product,
  channel,
  timer,
}: Document): Config {
  return {
    sources: source,
    network,
    stallTimeoutMs: limits.stall_timeout_ms,
    policy: {
      channel,
      product,
      timer,
      targets: target,
      services: service,
      commands: {
        isAllowed: commands.allow,
        timeoutMs: commands.timeout_ms,
        user: commands.user,
        write: commands.write,
      },
      probes: probe.map(({ url, assets, version_field }) => ({
        url,
        assets,
        versionField: version_field,
      })),
      limits: {
        manifestBytes: limits.manifest_max_bytes,
        bundleBytes: limits.bundle_max_bytes,
        fileBytes: limits.file_max_bytes,
        unpackedBytes: limits.unpacked_max_bytes,
        probeTimeoutMs: limits.probe_timeout_ms,
        probeIntervalMs: limits.probe_interval_ms,
        guardTimeoutMs: limits.guard_timeout_ms,
        keep: limits.keep,
        history: limits.history,
      },
    },
  };
}

function refusalOfServices({ service, target }: Document): Refusal | undefined {
  for (const [index, { after }] of service.entries()) {
    const unknown = after?.find((from) => !target.some((entry) => entry.from === from));
    if (unknown !== undefined) {
      return { key: `service.${String(index)}.after`, reason: `no target comes from ${unknown}` };
    }
  }
  return undefined;
}

/**
 * The api's configuration: TOML, read once at start, every key checked. An unknown key is an error that names it, because
 * a misspelt key that is silently ignored is worse than a refusal.
 */
import { isIP } from 'node:net';
import { UpdateError } from '@pikit/protocol';
import { parse, TomlError } from 'smol-toml';
import * as v from 'valibot';
import type { ProxySignIn } from './auth/proxy-sign-in.ts';
import { readSmallFile } from './durable-file.ts';

export const DEFAULT_CONFIG_FILE = '/etc/pikit/api.toml';
/** Of the release that the package or install.sh has brought. */
export const DEFAULT_UI_DIRECTORY = '/usr/share/pikit/ui';

const MAX_BYTES = 64 * 1024;

const PathSchema = v.pipe(
  v.string(),
  v.startsWith('/', 'Invalid path: write an absolute path'),
  v.maxLength(4096),
);
const HostSchema = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'Invalid host name: write a name without port'),
);
const AddressSchema = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.check((address) => isIP(address) !== 0, 'Invalid address: write one IP address'),
);
const HeaderSchema = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.regex(/^[a-z][a-z0-9-]*$/, 'Invalid header: write its name alone'),
);
const CountSchema = (from: number, to: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(from), v.maxValue(to));

const ConfigSchema = v.strictObject({
  agent_socket: v.optional(PathSchema, '/run/pikit/api.sock'),
  state_file: v.optional(PathSchema, '/var/lib/pikit-update/state.json'),
  password_file: v.optional(PathSchema, '/var/lib/pikit-api/password'),
  session_file: v.optional(PathSchema, '/var/lib/pikit-api/sessions.json'),
  token_file: v.optional(PathSchema, '/var/lib/pikit-api/tokens.json'),
  ui_directory: v.optional(PathSchema, DEFAULT_UI_DIRECTORY),
  allowed_hosts: v.optional(v.array(HostSchema), []),
  listen: v.optional(
    v.strictObject({
      host: v.optional(v.pipe(v.string(), v.nonEmpty()), '127.0.0.1'),
      port: v.optional(CountSchema(0, 65_535), 8421),
    }),
    {},
  ),
  session: v.optional(
    v.strictObject({
      idle_minutes: v.optional(CountSchema(1, 525_600), 10_080),
      absolute_days: v.optional(CountSchema(1, 3650), 90),
    }),
    {},
  ),
  import: v.optional(
    v.strictObject({
      file: v.optional(PathSchema, '/var/lib/pikit-api/import.tar'),
      max_bytes: v.optional(CountSchema(1, Number.MAX_SAFE_INTEGER), 1_073_741_824),
    }),
    {},
  ),
  proxy_sign_in: v.optional(
    v.strictObject({
      addresses: v.optional(v.array(AddressSchema), []),
      header: v.optional(HeaderSchema, 'Remote-User'),
      users: v.optional(v.array(v.pipe(v.string(), v.nonEmpty())), []),
    }),
    {},
  ),
});

export interface Config {
  readonly agentSocket: string;
  readonly stateFile: string;
  readonly passwordFile: string;
  readonly sessionFile: string;
  readonly tokenFile: string;
  readonly uiDirectory: string;
  readonly allowedHosts: readonly string[];
  readonly listen: { readonly host: string; readonly port: number };
  readonly session: { readonly idleMs: number; readonly absoluteMs: number };
  readonly import: { readonly file: string; readonly maxBytes: number };
  readonly proxySignIn: ProxySignIn;
}

/** Throws `config-invalid` with a sentence that names the file and the key. */
export async function loadConfig(path: string): Promise<Config> {
  let text: string | undefined;
  try {
    text = await readSmallFile(path, MAX_BYTES);
  } catch (cause) {
    throw invalid(path, 'cannot be read', { cause });
  }
  if (text === undefined) throw invalid(path, 'does not exist');
  return parseConfig(text, path);
}

/** `path` is for the sentence only. */
export function parseConfig(text: string, path: string): Config {
  let document: unknown;
  try {
    document = parse(text);
  } catch (cause) {
    const where = cause instanceof TomlError ? ` (line ${cause.line})` : '';
    throw invalid(path, `is not valid TOML${where}`, { cause });
  }
  const parsed = v.safeParse(ConfigSchema, document);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const key = v.getDotPath(issue) ?? '';
    const reason =
      issue.type === 'strict_object' && issue.expected === 'never'
        ? `unknown key "${key}"`
        : `key "${key}": ${issue.message}`;
    throw invalid(path, reason, { key });
  }
  const { output } = parsed;
  return {
    agentSocket: output.agent_socket,
    stateFile: output.state_file,
    passwordFile: output.password_file,
    sessionFile: output.session_file,
    tokenFile: output.token_file,
    uiDirectory: output.ui_directory,
    allowedHosts: output.allowed_hosts,
    listen: output.listen,
    session: {
      idleMs: output.session.idle_minutes * 60_000,
      absoluteMs: output.session.absolute_days * 86_400_000,
    },
    import: { file: output.import.file, maxBytes: output.import.max_bytes },
    proxySignIn: output.proxy_sign_in,
  };
}

function invalid(
  path: string,
  reason: string,
  { cause, key }: { cause?: unknown; key?: string } = {},
): UpdateError {
  return new UpdateError('config-invalid', `${path}: ${reason}`, {
    ...(cause === undefined ? {} : { cause }),
    details: { path, reason, ...(key === undefined ? {} : { key }) },
  });
}

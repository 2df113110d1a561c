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
import { lineOf, refusalsOf, type Refusal } from './setting-refusal.ts';

export const DEFAULT_CONFIG_FILE = '/etc/pikit/api.toml';
/** Of the release that the package or install.sh has brought. */
export const DEFAULT_UI_DIRECTORY = '/usr/share/pikit/ui';

const MAX_BYTES = 64 * 1024;

/** The message of each schema is what it expects, which `refusalsOf` puts into a sentence. */
const text = (expected: string, form: RegExp) =>
  v.pipe(v.string(expected), v.regex(form, expected));
const smallText = (expected: string, form: RegExp) =>
  v.pipe(v.string(expected), v.toLowerCase(), v.regex(form, expected));
const count = (from: number, to: number) => {
  const expected = `a whole number from ${from} to ${to}`;
  return v.pipe(
    v.number(expected),
    v.integer(expected),
    v.minValue(from, expected),
    v.maxValue(to, expected),
  );
};
const list = <S extends v.GenericSchema>(item: S) => v.array(item, 'a list, in [ ]');
/** An object is to valibot also a list and a date, of which nothing would be read. */
const table = <E extends v.ObjectEntries>(entries: E) =>
  v.pipe(
    v.custom<Readonly<Record<string, unknown>>>(
      (value) => typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date),
      'a table',
    ),
    v.strictObject(entries, 'a table'),
  );

const PathSchema = v.pipe(
  v.string('an absolute path'),
  v.check(
    (path) => path.startsWith('/') && !path.includes('\0') && path.length <= 4096,
    'an absolute path',
  ),
);
const HostSchema = smallText('a host name without port', /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/);
const AddressSchema = v.pipe(
  v.string('one IP address'),
  v.toLowerCase(),
  v.check((address) => isIP(address) !== 0, 'one IP address'),
);
const HeaderSchema = smallText('the name of a header alone', /^[a-z][a-z0-9-]*$/);

const ConfigSchema = table({
  agent_socket: v.optional(PathSchema, '/run/pikit/api.sock'),
  state_file: v.optional(PathSchema, '/var/lib/pikit-update/state.json'),
  password_file: v.optional(PathSchema, '/var/lib/pikit-api/password'),
  session_file: v.optional(PathSchema, '/var/lib/pikit-api/sessions.json'),
  token_file: v.optional(PathSchema, '/var/lib/pikit-api/tokens.json'),
  ui_directory: v.optional(PathSchema, DEFAULT_UI_DIRECTORY),
  allowed_hosts: v.optional(list(HostSchema), []),
  listen: v.optional(
    table({
      host: v.optional(text('an IP address or a host name', /./), '127.0.0.1'),
      port: v.optional(count(0, 65_535), 8421),
    }),
    {},
  ),
  session: v.optional(
    table({
      idle_minutes: v.optional(count(1, 525_600), 10_080),
      absolute_days: v.optional(count(1, 3650), 90),
    }),
    {},
  ),
  import: v.optional(
    table({
      file: v.optional(PathSchema, '/var/lib/pikit-api/import.tar'),
      max_bytes: v.optional(count(1, Number.MAX_SAFE_INTEGER), 1_073_741_824),
    }),
    {},
  ),
  proxy_sign_in: v.optional(
    table({
      addresses: v.optional(list(AddressSchema), []),
      header: v.optional(HeaderSchema, 'Remote-User'),
      users: v.optional(list(text('a name', /./)), []),
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

/** Throws `config-invalid` with `file`, `key` and `reason`. */
export async function loadConfig(path: string): Promise<Config> {
  let text: string | undefined;
  try {
    text = await readSmallFile(path, MAX_BYTES);
  } catch (cause) {
    throw unreadable(path, whyUnreadable(cause), cause);
  }
  if (text === undefined) throw unreadable(path, 'ENOENT');
  return parseConfig(text, path);
}

/** `file` is for the sentence only. */
export function parseConfig(text: string, file: string): Config {
  let document: unknown;
  try {
    document = parse(text);
  } catch (cause) {
    throw invalid(file, [{ key: 'TOML', reason: describeTomlError(cause) }], cause);
  }
  const parsed = v.safeParse(ConfigSchema, document);
  if (!parsed.success) {
    const refusals = refusalsOf(parsed.issues).map(({ key, reason }) => {
      const line = lineOf(text, key);
      return { key, reason: line === undefined ? reason : `${reason} (line ${line})` };
    });
    throw invalid(file, refusals);
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

/** The parser quotes the lines around behind its first one. */
function describeTomlError(cause: unknown): string {
  const [summary = ''] = String(cause instanceof Error ? cause.message : cause).split('\n');
  const said = summary.replace(/^Invalid TOML document: /, '');
  return cause instanceof TomlError ? `line ${cause.line}: ${said}` : said;
}

function whyUnreadable(cause: unknown): string {
  if (cause instanceof UpdateError) {
    return cause.code === 'too-large'
      ? `has more than ${MAX_BYTES} bytes`
      : 'is not a regular file';
  }
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
}

function unreadable(file: string, reason: string, cause?: unknown): UpdateError {
  return new UpdateError('config-invalid', `${file} cannot be read: ${reason}`, {
    cause,
    details: { file, key: 'file', reason },
  });
}

/** `allowed_hosts 2` for the second of a list: people count from one. */
function wordsOf(key: string): string {
  return key.replace(/\.(\d+)$/, (_, index: string) => ` ${Number(index) + 1}`);
}

/** One line each; the details are of the first. */
function invalid(file: string, refusals: readonly Refusal[], cause?: unknown): UpdateError {
  const lines = refusals.map(({ key, reason }) => `${file}: ${wordsOf(key)}: ${reason}`);
  return new UpdateError('config-invalid', lines.join('\n'), {
    cause,
    details: { file, ...refusals[0] },
  });
}

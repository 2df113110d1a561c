/**
 * Makes a directory look like a small device to agent and api: the dashboard laid down the old way as real files, both
 * configurations, and systemd units for the fake `systemctl`. No root rights, nothing outside the directory.
 */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FileContent, FileSource, ReleaseFiles } from './bundle-builder.ts';

export type SourceConfig =
  | {
      readonly kind: 'gitea' | 'github';
      readonly url: string;
      readonly repository: string;
      readonly token_file?: string;
    }
  | { readonly kind: 'static'; readonly url: string; readonly token_file?: string }
  /** A device path: below the root. */
  | { readonly kind: 'dir'; readonly path: string };

export interface ProbeConfig {
  readonly url: string;
  readonly assets?: boolean;
  readonly versionField?: string;
}

export interface DeviceRecipe {
  readonly root: string;
  readonly source: SourceConfig | readonly SourceConfig[];
  /** What stood there before the first update; left alone when the root already has a dashboard. */
  readonly installed?: { readonly version?: string; readonly files: ReleaseFiles };
  readonly probes?: readonly ProbeConfig[];
  readonly channel?: 'stable' | 'beta';
  /** Default: the config names none. */
  readonly product?: string;
  /** Name of the key file without `.pub` → its content. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Default 5000: long enough for a loaded machine, short enough for a test of a bad release. */
  readonly probeTimeoutMs?: number;
  /** Put after everything else in updater.toml, for example another `[[target]]`. */
  readonly moreConfig?: string;
  /** Of a release file from a browser; default: the api's own. */
  readonly importMaxBytes?: number;
}

export interface Device {
  readonly root: string;
  readonly updaterToml: string;
  readonly apiToml: string;
  readonly agentSocket: string;
  readonly apiSocket: string;
  readonly passwordFile: string;
  /** For `PIKIT_FAKE_SYSTEMD`. */
  readonly systemd: string;
}

/** The kernel's `sun_path` has 108 bytes, the last one a zero. */
const SOCKET_PATH_BYTES = 107;

const TARGETS = [
  { from: 'pikit-web/', to: '/var/www/pikit-web', kind: 'directory' },
  { from: 'pikit-api.py', to: '/usr/local/bin/pikit-api.py', kind: 'file' },
  { from: 'bin/', to: '/usr/local/bin', kind: 'merge' },
] as const;

/** `pikit-api.service` is missing on purpose: the plan says "if exists". */
const UNITS = ['dietpi-dashboard-frontend.service', 'nginx.service', 'pikit-update.timer'];

/** Rejects when the root lies so deep that the kernel refuses the socket's path. Repeatable: keeps what the device holds. */
export async function layDownDevice(recipe: DeviceRecipe, apiPort: number): Promise<Device> {
  const { root, installed } = recipe;
  const device: Device = {
    root,
    updaterToml: join(root, 'etc/pikit/updater.toml'),
    apiToml: join(root, 'etc/pikit/api.toml'),
    agentSocket: join(root, 'run/pikit/agent.sock'),
    apiSocket: join(root, 'run/pikit/api.sock'),
    passwordFile: join(root, 'etc/pikit/api-password'),
    systemd: join(root, 'fake-systemd'),
  };
  refuseLongSocketPath(device.agentSocket);
  if (installed !== undefined && !existsSync(join(root, 'var/www/pikit-web'))) {
    for (const [path, source] of Object.entries(installed.files)) {
      await put(join(root, placeOf(path)), source);
    }
    if (installed.version !== undefined) {
      await put(join(root, 'etc/pikit/version'), `${installed.version}\n`);
    }
  }
  for (const unit of UNITS) {
    const file = join(device.systemd, 'units', unit);
    if (!existsSync(file)) await put(file, 'active\n');
  }
  for (const [name, content] of Object.entries(recipe.keys ?? {})) {
    await put(join(root, 'etc/pikit/keys', `${name}.pub`), content);
  }
  await put(device.updaterToml, updaterToml(recipe));
  await put(device.apiToml, apiToml(device, apiPort, recipe.importMaxBytes));
  return device;
}

function refuseLongSocketPath(path: string): void {
  const length = Buffer.byteLength(path);
  if (length <= SOCKET_PATH_BYTES) return;
  throw new Error(
    `The path of the agent's socket would have ${length} bytes, and the kernel takes at most ` +
      `${SOCKET_PATH_BYTES}:\n  ${path}\nUse a directory with a shorter path, for example /tmp/pikit.`,
  );
}

function placeOf(path: string): string {
  const target = TARGETS.find(({ from }) => path === from || path.startsWith(from));
  if (target === undefined) throw new Error(`no target takes ${path}`);
  return join(target.to, path.slice(target.from.length));
}

async function put(path: string, source: FileContent | FileSource): Promise<void> {
  const plain = typeof source === 'string' || source instanceof Uint8Array;
  const { content, mode = '644' }: FileSource = plain ? { content: source } : source;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  await chmod(path, Number.parseInt(mode, 8));
}

function updaterToml(recipe: DeviceRecipe): string {
  const { source, probes = [], probeTimeoutMs = 5000, moreConfig } = recipe;
  const { channel = 'stable', product } = recipe;
  const sections = [
    [
      `channel = ${quote(channel)}`,
      ...(product === undefined ? [] : [`product = ${quote(product)}`]),
    ].join('\n'),
    ...('kind' in source
      ? [section('[source]', source)]
      : source.map((one) => section('[[source]]', one))),
    ...TARGETS.map((target) => section('[[target]]', target)),
    section('[[service]]', { unit: UNITS[0], action: 'restart', after: ['pikit-web/'] }),
    section('[[service]]', {
      unit: 'pikit-api.service',
      action: 'restart',
      after: ['pikit-api.py'],
    }),
    section('[[service]]', { unit: UNITS[1], action: 'reload', after: ['pikit-web/'] }),
    ...probes.map(({ url, assets = false, versionField }) =>
      section('[[probe]]', {
        url,
        assets,
        ...(versionField === undefined ? {} : { version_field: versionField }),
      }),
    ),
    section('[limits]', { probe_timeout_ms: probeTimeoutMs, probe_interval_ms: 200 }),
  ];
  return `${[...sections, moreConfig ?? ''].join('\n\n')}\n`;
}

function apiToml(device: Device, port: number, importMaxBytes: number | undefined): string {
  return `${[
    `agent_socket = ${quote(device.apiSocket)}`,
    `state_file = ${quote(join(device.root, 'var/lib/pikit-update/state.json'))}`,
    `password_file = ${quote(device.passwordFile)}`,
    `session_file = ${quote(join(device.root, 'var/lib/pikit-api/sessions.json'))}`,
    `token_file = ${quote(join(device.root, 'var/lib/pikit-api/tokens.json'))}`,
    `ui_directory = ${quote(join(device.root, 'usr/share/pikit/ui'))}`,
    section('[listen]', { host: '127.0.0.1', port }),
    section('[import]', {
      file: join(device.root, 'var/lib/pikit-api/import.tar'),
      ...(importMaxBytes === undefined ? {} : { max_bytes: importMaxBytes }),
    }),
  ].join('\n')}\n`;
}

function section(title: string, members: object): string {
  const lines = Object.entries(members).map(([key, value]) => `${key} = ${quote(value)}`);
  return [title, ...lines].join('\n');
}

/** JSON's strings, numbers, booleans and arrays are TOML's. */
function quote(value: unknown): string {
  return JSON.stringify(value);
}

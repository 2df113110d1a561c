/**
 * Releases that must be refused, each for exactly one reason, with the code that is due. Their manifests are always valid
 * and honest about the harmless files, so that a refusal can only come from the archive. Nothing here touches the disk.
 */
import type { ErrorCode } from '@pikit/protocol';
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack, type Header } from 'tar-stream';

interface RawEntry extends Partial<Header> {
  readonly name: string;
  readonly content?: string | Uint8Array;
}

export interface RawRelease {
  readonly version: string;
  readonly bundle: Uint8Array;
  readonly manifest: Uint8Array;
  readonly manifestSha256: string;
  /** As the release server's `publish` takes them. */
  readonly assets: readonly { readonly name: string; readonly content: Uint8Array }[];
}

export interface HostileBundle {
  readonly name: string;
  readonly code: ErrorCode;
  readonly build: (version?: string) => Promise<RawRelease>;
}

const PAGE: RawEntry = { name: 'pikit-web/index.html', content: '<h1>2.0.0</h1>\n' };
const SCRIPT: RawEntry = { name: 'pikit-api.py', content: 'print("2.0.0")\n', mode: 0o755 };
const HONEST: readonly RawEntry[] = [PAGE, SCRIPT];

/** A gzipped tar of just these entries, in this order, headers as given. */
export async function rawTarGz(entries: readonly RawEntry[]): Promise<Uint8Array> {
  const archive = pack();
  for (const { content, ...header } of entries) archive.entry({ ...header }, content ?? '');
  archive.finalize();
  return gzipSync(await buffer(archive));
}

/** A plan-form release around any bytes. The manifest lists `promised`, whatever the bundle holds. */
export function rawRelease(
  bundle: Uint8Array,
  version = '2.0.0',
  promised: readonly RawEntry[] = HONEST,
  additions: object = {},
): RawRelease {
  const files = promised.map(({ name, content = '' }) => ({ path: name, sha256: sha256(content) }));
  const document = {
    version,
    changelog: `https://example.org/releases/${version}`,
    files,
    ...additions,
  };
  const manifest = Buffer.from(JSON.stringify(document));
  return {
    version,
    bundle,
    manifest,
    manifestSha256: sha256(manifest),
    assets: [
      { name: `pikit-${version}.tar.gz`, content: bundle },
      { name: 'manifest.json', content: manifest },
    ],
  };
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The honest files, and then one entry that should not be there. */
function withEntry(name: string, ...extra: readonly RawEntry[]): HostileBundle {
  return archive(name, 'entry-refused', [...HONEST, ...extra]);
}

function archive(name: string, code: ErrorCode, entries: readonly RawEntry[]): HostileBundle {
  return {
    name,
    code,
    build: async (version) => rawRelease(await rawTarGz(entries), version),
  };
}

function damaged(name: string, damage: (bundle: Uint8Array) => Uint8Array): HostileBundle {
  return {
    name,
    code: 'bundle-invalid',
    build: async (version) => rawRelease(damage(await rawTarGz(HONEST)), version),
  };
}

const EVIL = 'evil\n';

const PATHS: readonly HostileBundle[] = [
  withEntry('a path with dot-dot', { name: '../evil', content: EVIL }),
  withEntry('dot-dot in the middle of a path', { name: 'pikit-web/../../evil', content: EVIL }),
  withEntry('an absolute path', { name: '/tmp/evil', content: EVIL }),
  withEntry('dot-dot that a PAX record brings', {
    name: 'pikit-web/x',
    pax: { path: '../../evil' },
    content: EVIL,
  }),
  withEntry('a backslash', { name: 'pikit-web\\..\\evil', content: EVIL }),
  withEntry('a NUL in a PAX path', { name: 'x', pax: { path: 'pikit-web/a\0b' }, content: EVIL }),
  withEntry('a newline in a name', { name: 'pikit-web/a\nb', content: EVIL }),
  withEntry('a directory outside', { name: '../evil/', type: 'directory' }),
];

const TYPES: readonly HostileBundle[] = [
  withEntry('a symlink that leaves the release', {
    name: 'pikit-web/out',
    type: 'symlink',
    linkname: '/etc',
  }),
  withEntry(
    'a file written through a symlink',
    { name: 'pikit-web/out', type: 'symlink', linkname: '../../..' },
    { name: 'pikit-web/out/evil', content: EVIL },
  ),
  withEntry('a hard link to a file of the system', {
    name: 'pikit-web/passwd',
    type: 'link',
    linkname: '/etc/passwd',
  }),
  withEntry('a device node', {
    name: 'pikit-web/disk',
    type: 'block-device',
    devmajor: 179,
    devminor: 0,
  }),
  withEntry('a character device', {
    name: 'null',
    type: 'character-device',
    devmajor: 1,
    devminor: 3,
  }),
  withEntry('a named pipe', { name: 'pikit-web/pipe', type: 'fifo' }),
  withEntry('a sparse file', {
    name: 'pikit-web/sparse',
    pax: { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0' },
    content: EVIL,
  }),
];

const CONTENT: readonly HostileBundle[] = [
  withEntry('a file twice', { ...PAGE }),
  archive('the same name in other letters', 'file-unexpected', [
    ...HONEST,
    { ...PAGE, name: 'pikit-web/INDEX.html' },
  ]),
  archive('a missing file', 'file-missing', [PAGE]),
  archive('an empty archive', 'file-missing', []),
  archive('a file that nobody announced', 'file-unexpected', [
    ...HONEST,
    { name: 'pikit-web/extra.js', content: EVIL },
  ]),
  archive('a file with other content', 'hash-mismatch', [
    { ...PAGE, content: '<h1>2.0.1</h1>\n' },
    SCRIPT,
  ]),
  archive('a file that was cut short', 'hash-mismatch', [{ ...PAGE, content: '' }, SCRIPT]),
];

const DAMAGE: readonly HostileBundle[] = [
  damaged('a gzip that breaks off', (bundle) => bundle.subarray(0, bundle.length - 20)),
  damaged('a gzip with a flipped bit', (bundle) => {
    const copy = Uint8Array.from(bundle);
    const last = copy.length - 8; // the checksum
    copy[last] = (copy[last] ?? 0) ^ 1;
    return copy;
  }),
  damaged('a page of HTML', () => Buffer.from('<!doctype html><h1>Please sign in</h1>')),
  damaged('a gzip that holds no tar', () => gzipSync(Buffer.alloc(2048, 'x'))),
];

export const HOSTILE_BUNDLES: readonly HostileBundle[] = [
  ...PATHS,
  ...TYPES,
  ...CONTENT,
  ...DAMAGE,
];

/**
 * Expands to `megabytes` of zeros from a thousandth of that. Due is `too-large` when the configured limit is below it;
 * the manifest does not list the file, so an agent that only checks lists would find out too late.
 */
export function expandingBundle(megabytes: number): HostileBundle {
  return {
    name: `a bundle that expands to ${megabytes} MB`,
    code: 'too-large',
    build: async (version) => {
      const bomb = { ...PAGE, content: Buffer.alloc(megabytes * 1024 * 1024) };
      return rawRelease(await rawTarGz([bomb, SCRIPT]), version, [bomb, SCRIPT]);
    },
  };
}

/** Unusual and yet right: these install. A set-uid bit in an archive must not reach the device. */
export const ODD_BUNDLES: readonly Omit<HostileBundle, 'code'>[] = [
  {
    name: 'a set-uid bit',
    build: async (version) =>
      rawRelease(await rawTarGz([PAGE, { ...SCRIPT, mode: 0o6755 }]), version),
  },
  {
    name: 'two gzip members',
    build: async (version) => {
      const whole = await rawTarGz(HONEST);
      return rawRelease(Buffer.concat([whole, gzipSync(Buffer.alloc(1024))]), version);
    },
  },
  {
    name: 'a path longer than the old tar format allows',
    build: async (version) => {
      const long = { name: `pikit-web/${'directory/'.repeat(20)}app.js`, content: 'long\n' };
      const entries = [...HONEST, long];
      return rawRelease(await rawTarGz(entries), version, entries);
    },
  },
];

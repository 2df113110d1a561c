/**
 * Everything that the world can do to the agent, but for systemd (system-ports.ts). Adapters implement these, steps and updater
 * use them, and nothing here has behaviour. Paths are device paths (`/var/lib/pikit/…`); only the disk adapter knows about `--root`.
 */
import type { Channel, Sha256, Version } from '@pikit/protocol';

/** What identifies an unchanged file without reading it. Numbers as decimal strings: inodes pass 2^53. */
export interface Fingerprint {
  readonly inode: string;
  readonly size: number;
  readonly mtimeNs: string;
  readonly ctimeNs: string;
}

export interface Entry {
  readonly kind: 'file' | 'directory' | 'symlink' | 'other';
  /** The permission bits, with set-uid, set-gid and sticky. */
  readonly mode: number;
  readonly size: number;
  /** How many names it has. */
  readonly links: number;
  readonly fingerprint: Fingerprint;
}

export interface Space {
  /** The same for two paths on the same filesystem. */
  readonly filesystem: string;
  /** Where it is mounted; `/` when that lies above the root. */
  readonly mount: string;
  /** As this process sees it: the sandbox of its unit may leave it less than the filesystem would. */
  readonly isReadOnly: boolean;
  readonly freeBytes: number;
  /** 0 where the filesystem has no fixed number of inodes. */
  readonly totalInodes: number;
  readonly freeInodes: number;
}

/**
 * Files. Nothing follows a symlink in the last component. Failures are `no-space` or `write-failed`; an absent file is a
 * result, not an error.
 */
export interface Disk {
  lstat(path: string): Promise<Entry | undefined>;
  readLink(path: string): Promise<string | undefined>;
  /** Names in the directory, sorted; empty when it does not exist. */
  list(path: string): Promise<readonly string[]>;
  /** At most `maxBytes`, else `too-large`. */
  read(path: string, maxBytes: number): Promise<Uint8Array | undefined>;
  /**
   * The same, understood. What this very `parse` has made of these very bytes before is given again: it must depend on
   * nothing else, and nobody may change it. Throws what `parse` throws.
   */
  load<T>(
    path: string,
    maxBytes: number,
    parse: (bytes: Uint8Array) => T,
  ): Promise<{ readonly value: T; readonly sha256: Sha256 } | undefined>;
  /** Chunks of so many bytes from `offset` on, or to the end; the file must exist. */
  stream(path: string, offset?: number, length?: number): AsyncIterable<Uint8Array>;
  hash(path: string): Promise<{ readonly sha256: Sha256; readonly size: number }>;
  /**
   * The same of what the medium gives back for a file that was synced, past the kernel's cache where it can be passed by;
   * `fromMedium` is false where it was the cache that answered. One file at a time.
   */
  readBack(
    path: string,
  ): Promise<{ readonly sha256: Sha256; readonly size: number; readonly fromMedium: boolean }>;
  /** What a program finds there, through symlinks; undefined where it finds nothing. */
  kindBehind(path: string): Promise<Entry['kind'] | undefined>;
  /** Where the path leads in the end, through every symlink in it; undefined for nowhere, and for out of the root. */
  realPath(path: string): Promise<string | undefined>;
  /** Paths below the root on which something is mounted; empty where the system does not tell. */
  mounts(): Promise<readonly string[]>;
  /** For the filesystem that holds the path or its nearest existing ancestor. */
  space(path: string): Promise<Space>;

  /** With its parents, 0755; fine when it is there already. */
  makeDirectory(path: string): Promise<void>;
  /**
   * Durable and all-or-nothing: temporary file, sync, rename, sync of the directory. Makes parents. `keepsOwner`: the file whose
   * place it takes passes its owner on, as far as this process may.
   */
  write(
    path: string,
    content: string | Uint8Array,
    mode: number,
    options?: { readonly keepsOwner?: boolean },
  ): Promise<void>;
  /**
   * The same without a sync, for what can be had anew: it must tell its reader whether it is whole, because a power cut may leave
   * what was there before, nothing, or a part.
   */
  writeUnsynced(path: string, content: string | Uint8Array, mode: number): Promise<void>;
  /**
   * Creates the file, refusing to follow or replace anything; streams into it. Makes parents. Neither it nor they are synced:
   * `sync` the tree later. Returns the digest of what was written.
   */
  create(
    path: string,
    mode: number,
    content: AsyncIterable<Uint8Array>,
  ): Promise<{ readonly sha256: Sha256; readonly size: number }>;
  /** Likewise a symlink with this relative text: replaces nothing, unsynced, makes parents. */
  createSymlink(path: string, text: string): Promise<void>;
  /** Adds to the end, without sync: for logs. */
  append(path: string, text: string): Promise<void>;
  /** Adds to the end, durably: for the history. */
  appendDurably(path: string, text: string): Promise<void>;
  /** For a resumable download: makes parents, truncates to `offset`, appends, syncs at the end. Shorter than `leastBytes`: no sync. */
  resume(
    path: string,
    offset: number,
    content: AsyncIterable<Uint8Array>,
    leastBytes?: number,
  ): Promise<void>;
  /** Copies a directory, a file or what a symlink points to: content, modes, owners, times, inner symlinks; not devices. */
  copy(from: string, to: string): Promise<void>;
  /** A hard link; false where the filesystem refuses (EXDEV, EMLINK, EPERM), so that the caller copies instead. Makes parents, unsynced. */
  link(existing: string, path: string): Promise<boolean>;
  /** Makes `path` a symlink with this text, replacing a file or a symlink atomically and durably. `text` is a device path. */
  pointSymlink(path: string, text: string): Promise<void>;
  /** Atomic and durable (both directories synced). */
  rename(from: string, to: string): Promise<void>;
  /** The whole subtree, durable in its parent; fine when it is not there. */
  remove(path: string): Promise<void>;
  /** Every file and directory below and including the path. */
  sync(path: string): Promise<void>;
  /** The names in the directory as they are now, not what they lead to; fine when it is not there. */
  settle(directory: string): Promise<void>;
}

/** One entry of a tar, as its header says it. Its name is not checked yet. */
export interface ArchiveEntry {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink';
  readonly mode: number;
  readonly size: number;
  /** Of a symlink; empty for anything else. */
  readonly linkText: string;
}

/** Sees every byte of a tar before the library that parses it, and judges what that forgives. Throws to refuse. */
export interface ArchiveGuard {
  push(chunk: Uint8Array): void;
  /** No more bytes come. */
  end(): void;
  /** Of the entries whose headers have gone by, the oldest that was not yet taken. */
  take(): ArchiveEntry | undefined;
}

export interface Archive {
  /**
   * Reads a tar.gz in one pass and awaits `visit` for each entry; a body that is not consumed is skipped. Names are not
   * checked yet. Throws `bundle-invalid` when the stream is not a tar.gz, breaks off or can be read in two ways,
   * `entry-refused` for a type or a header that no release may have, `too-large` when it expands beyond `maxBytes` or like
   * a bomb, or has no end of entries.
   */
  read(
    content: AsyncIterable<Uint8Array>,
    maxBytes: number,
    visit: (entry: ArchiveEntry, body: AsyncIterable<Uint8Array>) => Promise<void>,
  ): Promise<void>;
}

/**
 * Undoes brotli (RFC 7932) as a stream. Throws `bundle-invalid` for what is none or ends too early, and whatever `content` throws,
 * unchanged.
 */
export type Unbrotli = (content: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

/** A release as the source lists it. The names of its assets are known, their content is not yet trusted. */
export interface ListedRelease {
  readonly version: Version;
  readonly channel: Channel;
  readonly notes: string | undefined;
  readonly published: string | undefined;
  /** Of the bundle, where the source tells. */
  readonly bundleBytes: number | undefined;
}

/** A release that somebody decided on, by all of its manifest: two sources may show different ones under one version. */
export interface ChosenRelease {
  readonly version: Version;
  readonly manifestSha256: Sha256;
}

/**
 * Codes: offline, dns-failed, clock-wrong, certificate-refused, proxy-failed, captive-portal, source-limited, source-refused,
 * source-invalid, no-such-release, download-failed, too-large, config-invalid.
 */
export interface ReleaseSource {
  /** Every published release, in no order; drafts and releases without manifest or bundle are left out. */
  list(signal: AbortSignal): Promise<readonly ListedRelease[]>;
  manifest(version: Version, maxBytes: number, signal: AbortSignal): Promise<Uint8Array>;
  /** Of the manifest; undefined where the release has none. */
  signature(
    version: Version,
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<Uint8Array | undefined>;
  /**
   * A part of the bundle or of another asset, by the name under which it is published, as a stream that outlives broken
   * connections. `source-invalid` also where the source gives no parts, `no-such-release` where it has no such asset.
   */
  fetchPart(
    release: ChosenRelease,
    part: { readonly name: string; readonly offset: number; readonly length: number },
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array>;
  /** Fetches the bundle to the path, resuming what lies there; returns the bytes that crossed the wire. */
  fetchBundle(
    release: ChosenRelease,
    to: string,
    options: {
      readonly maxBytes: number;
      readonly signal: AbortSignal;
      readonly onBytes: (done: number, total: number | undefined) => void;
    },
  ): Promise<number>;
}

/** One look at the running release from outside; throws `probe-failed` with `url` and `reason`. */
export interface Prober {
  probe(
    probe: {
      readonly url: string;
      readonly assets: boolean;
      readonly versionField: string | undefined;
    },
    version: string | undefined,
    signal: AbortSignal,
  ): Promise<void>;
}

export interface LockHolder {
  readonly pid: number;
  readonly what: string;
  readonly since: string;
}

export interface Lock {
  /** Throws `busy` with `what`, `pid` and `since` of a living holder. A dead holder's lock is taken over. */
  acquire(what: string): Promise<{ release(): Promise<void> }>;
  holder(): Promise<LockHolder | undefined>;
}

export interface Clock {
  /** ISO 8601, UTC, milliseconds. */
  now(): string;
  /** Whether the network has set it; a Pi's own clock stands still without power. False where the system does not tell. */
  isSynchronised(): Promise<boolean>;
  /** Another one each time that the machine is started; undefined where the system does not tell. */
  bootId(): Promise<string | undefined>;
  /** Milliseconds that no clock change moves; only differences mean something. */
  monotonicMs(): number;
  /** Rejects with the signal's reason when aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** `bytes` random bytes in hexadecimal. */
  randomHex(bytes: number): string;
}

/** What minisign's signatures need; false for whatever is not a signature by this key over this message. */
export interface SignatureMath {
  /** Ed25519 (RFC 8032). */
  readonly verify: (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
  /** BLAKE2b, 64 bytes (RFC 7693). */
  readonly blake2b512: (message: Uint8Array) => Uint8Array;
}

/** SHA-256 of a document in memory. */
export type Digest = (content: Uint8Array) => Sha256;

export interface Log {
  info(message: string): void;
  warning(message: string): void;
  error(message: string): void;
}

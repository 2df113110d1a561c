/**
 * What must not change while a device is attacked: everything below one directory, in which the device's root and a place
 * outside of it lie, but for what the agent writes for itself. It only looks; whoever asks decides what a change means.
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** Path → all that is known of what stands there. */
export type Photograph = ReadonlyMap<string, string>;

/** Device paths that the agent writes in any transaction; there only names are looked at. */
const OUR_OWN = ['/var/lib/pikit/staging', '/var/tmp/pikit-update', '/var/lib/pikit-update'];
/** Which names there are grows with each transaction, and with what servers answer. */
const IGNORED = [
  '/var/lib/pikit-update/logs',
  '/var/lib/pikit-update/answers',
  '/run/pikit-update.lock',
  '/media',
];

/** Names in the real root that the corpus aims at. */
const REAL = ['/etc/cron.d/evil', '/etc/pikit/keys/evil.pub', '/tmp/evil', '/evil'];

/** Lays files, links and directories at the places that the corpus aims at, below the device's root and beside it. */
export function layCanaries(root: string, outside: string): void {
  for (const home of [outside, join(root, 'etc'), join(root, 'var/lib'), root]) {
    mkdirSync(join(home, 'canary'), { recursive: true });
    writeFileSync(join(home, 'file'), 'canary\n');
    writeFileSync(join(home, 'canary/script'), '#!/bin/sh\n');
    chmodSync(join(home, 'canary/script'), 0o751);
    symlinkSync('canary/script', join(home, 'link'));
    linkSync(join(home, 'file'), join(home, 'canary/twin'));
  }
  for (const path of ['/etc/passwd', '/etc/cron.d/canary', '/etc/pikit/keys/canary.txt']) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), 'canary\n');
  }
}

export function photograph(directory: string, root: string): Photograph {
  const seen = new Map<string, string>();
  const look = (path: string): void => {
    const device = path.startsWith(root) ? path.slice(root.length) : undefined;
    if (device !== undefined && IGNORED.includes(device)) return;
    const isOurs = device !== undefined && OUR_OWN.some((own) => isAt(device, own));
    seen.set(path, isOurs ? 'of the agent' : describe(path, device));
    if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) look(join(path, name));
  };
  look(directory);
  for (const path of REAL)
    seen.set(path, lstatSync(path, { throwIfNoEntry: false }) ? describe(path) : 'nothing');
  return seen;
}

const isAt = (path: string, place: string): boolean =>
  path === place || path.startsWith(`${place}/`);

/** The times of a directory in which the agent makes something of its own say nothing. */
function describe(path: string, device?: string): string {
  const { ino, mode, uid, gid, size, nlink, mtimeNs, ctimeNs } = lstatSync(path, { bigint: true });
  const isDirectory = (mode & 0o170000n) === 0o040000n;
  const holdsOurs =
    device !== undefined &&
    [...OUR_OWN, ...IGNORED].some((own) => dirname(own) === (device === '' ? '/' : device));
  const times = holdsOurs ? [] : [mtimeNs, ctimeNs];
  const content = isDirectory ? [] : [nlink, size, contentOf(path, mode)];
  return [ino, mode.toString(8), uid, gid, ...times, ...content].join(' ');
}

function contentOf(path: string, mode: bigint): string {
  const type = mode & 0o170000n;
  if (type === 0o120000n) return readlinkSync(path);
  return type === 0o100000n
    ? createHash('sha256').update(readFileSync(path)).digest('hex')
    : 'special';
}

/** One line for each path that differs; empty when nothing was touched. */
export function differences(before: Photograph, after: Photograph): readonly string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths]
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => `${path}: ${before.get(path) ?? 'nothing'} → ${after.get(path) ?? 'nothing'}`);
}

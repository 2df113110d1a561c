/**
 * Which entries of an archive may be written, under which name. tar-stream parses and decides nothing, so every decision
 * is here; whether the content is right is the manifest's hash's business.
 */
import { UpdateError } from '@pikit/protocol';
import { refusalOfPath } from './release-path.ts';

interface Header {
  readonly path: string;
  readonly type: string;
  readonly mode: number;
  readonly size: number;
  readonly pax: Readonly<Record<string, string>>;
}

export type Admission =
  /** Of the mode only the owner's execute bit is told: set-uid and its kin never leave the archive. */
  | { readonly kind: 'file'; readonly path: string; readonly executable: boolean }
  | { readonly kind: 'directory'; readonly path: string }
  /** The plan puts a copy of the manifest into the bundle; the one that counts was fetched on its own. */
  | { readonly kind: 'ignored' };

/** `tar czf x -C dir .` writes `./` before every name; that spelling is the same path. */
function withoutDotSlash(path: string): string {
  return path.replace(/^(?:\.\/+)+/, '');
}

/** Throws `entry-refused` with `path` and `reason`. */
export function admit(header: Header): Admission {
  const stripped = withoutDotSlash(header.path);
  for (const key of Object.keys(header.pax)) {
    // A sparse file's stored bytes are not its content (tar-stream delivers them silently wrong).
    if (key.startsWith('GNU.sparse.')) throw refused(header, 'sparse file');
  }
  // A sign bit or more than 53 of them in the header: no two readers would skip to the same next entry.
  if (!Number.isSafeInteger(header.size) || header.size < 0) throw refused(header, 'no size');
  if (header.type === 'directory') {
    if (header.size > 0) throw refused(header, 'directory with content');
    if (stripped === '' || stripped === '.') return { kind: 'directory', path: '' };
    const path = stripped.replace(/\/+$/, '');
    assertPath(header, path);
    return { kind: 'directory', path };
  }
  if (header.type !== 'file') throw refused(header, `type ${header.type}`);
  assertPath(header, stripped);
  if (stripped === 'manifest.json') return { kind: 'ignored' };
  return { kind: 'file', path: stripped, executable: (header.mode & 0o100) !== 0 };
}

function assertPath(header: Header, path: string): void {
  const refusal = refusalOfPath(path);
  if (refusal !== undefined) throw refused(header, refusal);
}

function refused(header: Header, reason: string): UpdateError {
  const path = header.path.slice(0, 200);
  return new UpdateError('entry-refused', `the bundle holds ${JSON.stringify(path)}: ${reason}`, {
    details: { path, reason },
  });
}

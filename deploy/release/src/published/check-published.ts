/**
 * Fetches a published release into a temporary directory and checks it there just as one that never left its directory. A
 * file is fetched only up to what is known to be due: the bundle when somebody has vouched for its size.
 */
import {
  bundleName,
  MANIFEST_NAME,
  PACKED_MANIFEST_NAME,
  SIGNATURE_NAME,
  UpdateError,
} from '@pikit/protocol';
import { MANIFEST_LIMITS } from '@pikit/protocol/manifest';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MAX_SIGNATURE_BYTES } from '../../../../packages/agent/src/core/minisign.ts';
import { DEFAULT_SIZES } from '../../../../packages/agent/src/core/release-size.ts';
import type { TrustRoot } from '../../../../packages/agent/src/core/trust-root.ts';
import { checkContents, checkPapers, type CheckedRelease, type Papers } from '../check-release.ts';
import type { Note } from '../command.ts';
import { diskFailure } from '../disk-failure.ts';
import { withTemporaryDirectory } from '../temporary-directory.ts';
import type { PublishedRelease } from './published-release.ts';

/**
 * Throws what the checks of a directory throw, `hash-mismatch` where the index names another manifest, `file-missing` for what
 * is not there, `source-invalid` for a web page in the place of a file, `no-space`, and what the way to a server can throw.
 */
export async function checkPublished(
  release: PublishedRelease,
  root: TrustRoot,
  note: Note = () => undefined,
): Promise<CheckedRelease> {
  return withTemporaryDirectory(async (directory) => {
    const fetch = (name: string, maxBytes: number): Promise<void> => {
      note(`fetching ${name}`);
      return fetchFile(release, name, { maxBytes, to: join(directory, name) });
    };

    const fetchIfThere = (name: string, maxBytes: number): Promise<void> =>
      fetch(name, maxBytes).catch((error: unknown) => {
        if (!(error instanceof UpdateError) || error.code !== 'file-missing') throw error;
      });

    // Without it, it is for the trust root to say whether one is needed.
    await fetchIfThere(SIGNATURE_NAME, MAX_SIGNATURE_BYTES);
    await fetch(MANIFEST_NAME, MANIFEST_LIMITS.bytes);
    const papers = await checkPapers(directory, root, release.version);
    assertIndexed(release, papers);
    await fetchIfThere(PACKED_MANIFEST_NAME, MANIFEST_LIMITS.bytes);
    const { bundleBytes } = DEFAULT_SIZES;
    assertVouched(papers, bundleBytes);
    await fetch(bundleName(release.version), papers.manifest.bundle?.size ?? bundleBytes);
    for (const { name, size } of papers.manifest.patches ?? []) {
      await fetch(name, Math.min(size, bundleBytes));
    }
    note('checking it as a device does');
    return checkContents(directory, papers);
  });
}

/** Of a stranger's manifest all patches together may be as large as one bundle; a device fetches one of them at the most. */
function assertVouched({ signer, manifest: { patches = [] } }: Papers, limit: number): void {
  const bytes = patches.reduce((sum, { size }) => sum + size, 0);
  if (signer !== null || bytes <= limit) return;
  const reason = `its patches are ${String(bytes)} bytes, and nobody vouches for them: give --key`;
  throw new UpdateError('too-large', reason, { details: { path: MANIFEST_NAME, limit } });
}

interface Place {
  readonly maxBytes: number;
  readonly to: string;
}

async function fetchFile(
  release: PublishedRelease,
  name: string,
  { maxBytes, to }: Place,
): Promise<void> {
  try {
    // Opened before the first piece is asked for: a stream that opens meanwhile makes the file after it was removed.
    await writeFile(to, withoutPage(name, release.read(name, maxBytes)), { flag: 'wx' });
  } catch (error) {
    // An empty signature would be a bad one, and not none.
    await rm(to, { force: true });
    if (!(error instanceof UpdateError) || error.details['status'] !== 404) {
      throw diskFailure(error, to);
    }
    throw failed('file-missing', name, 'is not there', error);
  }
}

/** None of the files begins like HTML: a hotel's network does. */
async function* withoutPage(
  name: string,
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let isFirst = true;
  for await (const piece of pieces) {
    if (isFirst && /^\s*</.test(Buffer.from(piece).toString('latin1', 0, 100))) {
      throw failed('source-invalid', name, 'is a web page');
    }
    isFirst = false;
    yield piece;
  }
}

function assertIndexed({ manifestSha256: due }: PublishedRelease, papers: Papers): void {
  if (due === undefined || due === papers.manifestSha256) return;
  throw failed('hash-mismatch', MANIFEST_NAME, 'is not the one of the index');
}

function failed(
  code: 'file-missing' | 'hash-mismatch' | 'source-invalid',
  path: string,
  reason: string,
  cause?: unknown,
): UpdateError {
  return new UpdateError(code, `${path} ${reason}`, { cause, details: { path, reason } });
}

/**
 * The start of a transaction that takes a release from the file that was uploaded: the refusals, then a first journal record like
 * that of a download that is to be installed later. Where it came from vouches for nothing, so a key that this device knows must,
 * also on a device that asks no source for one.
 */
import { UpdateError, type ReleaseSummary, type Requester, type Version } from '@pikit/protocol';
import type { JournalRecord } from '../core/journal-record.ts';
import { KEYS } from '../core/layout.ts';
import { assertForward } from '../core/selection.ts';
import { isSignatureRequired } from '../core/trust-root.ts';
import { beginWith, installedNow, type Tools } from './begin.ts';
import { fetchRelease } from './check.ts';
import { createImportSource } from './import-source.ts';
import { readTrustRoot } from './trust.ts';

/**
 * Throws `signature-invalid` also where no key is known, `downgrade-refused`, `already-installed`, the codes of the file and of
 * `beginWith`.
 */
export async function beginImport(
  tools: Tools,
  by: Requester,
  signal: AbortSignal,
): Promise<{ readonly record: JournalRecord; readonly summary: ReleaseSummary }> {
  const source = createImportSource(tools.disk);
  const [listed] = await source.list(signal);
  if (listed === undefined) throw new TypeError('a release file holds one release');
  const { version } = listed;
  if (!isSignatureRequired(await readTrustRoot(tools))) throw noKey(version);
  assertForward(version, await installedNow(tools.disk));
  const release = await fetchRelease({ ...tools, source }, version, signal);
  const record = await beginWith(tools, release, by, 'staged');
  return { record: { ...record, imported: true }, summary: release.summary };
}

function noKey(version: Version): UpdateError {
  const reason = `no public key in ${KEYS}`;
  return new UpdateError(
    'signature-invalid',
    `nobody can vouch for ${version} here: put the maintainer's .pub file into ${KEYS}`,
    { details: { version, key: 'none', reason } },
  );
}

/**
 * The loop guard: a release that failed here, or was left again, is not installed a second time without a person. Without it
 * a bad release would be fetched, would take the dashboard down and be rolled back every night.
 */
import type {
  ErrorCode,
  HeldBack,
  ReleaseSummary,
  TransactionResult,
  Version,
} from '@pikit/protocol';

/**
 * Failures that say nothing about the release, as long as it touched nothing: the next try may well succeed, and costs a
 * download at most. Any other code, a new one too, is taken for the release's own.
 */
const CIRCUMSTANCES: ReadonlySet<ErrorCode> = new Set([
  'offline',
  'dns-failed',
  'clock-wrong',
  'certificate-refused',
  'proxy-failed',
  'captive-portal',
  'source-limited',
  'source-refused',
  'source-invalid',
  'no-such-release',
  'download-failed',
  'manifest-changed',
  'signature-missing',
  'signature-invalid',
  'release-expired',
  'source-outdated',
  'incompatible',
  'downgrade-refused',
  'already-installed',
  'no-space',
  'write-failed',
  'state-damaged',
  'config-invalid',
  'busy',
]);

/**
 * Why the release must wait for a person, or null. The newest transaction that says something about it decides. `history`
 * is newest first. The same version with another manifest is another release; where an earlier agent did not note which
 * it was, the version alone counts.
 */
export function judgeRelease(
  { version, manifestSha256 }: Pick<ReleaseSummary, 'version' | 'manifestSha256'>,
  history: readonly TransactionResult[],
): HeldBack | null {
  for (const [index, entry] of history.entries()) {
    const verdict = verdictOn(version, entry);
    if (verdict === undefined) continue;
    const manifest = manifestOf(version, history.slice(index)) ?? manifestSha256;
    if (manifest !== manifestSha256) continue;
    return verdict === 'good' ? null : { version, transaction: entry.id, reason: verdict };
  }
  return null;
}

/** Undefined for an entry that says nothing about this version. */
function verdictOn(
  version: Version,
  { kind, from, to, outcome, error, imported }: TransactionResult,
): 'good' | HeldBack['reason'] | undefined {
  // A file that somebody brought damaged is no fault of the release, and nothing was installed by it.
  if (imported === true) return undefined;
  // Somebody had a reason to leave it.
  if (kind === 'rollback' && from === version && outcome === 'committed') return 'rolled-back';
  if (kind !== 'apply' || to !== version) return undefined;
  switch (outcome) {
    case 'committed':
      return 'good';
    // Once the running release was touched, the code does not matter: it must not be touched every night.
    case 'rolled-back':
      return 'rolled-back';
    case 'broken':
      return 'failed';
    case 'staged':
    case 'cancelled':
      return undefined;
    case 'failed':
      return error !== null && isCircumstance(error) ? undefined : 'failed';
  }
}

/** A single power cut in the first phase ends an update; in any other it takes five, which may be its own doing. */
export function isCircumstance({
  code,
  details,
}: NonNullable<TransactionResult['error']>): boolean {
  if (code === 'interrupted') return details['phase'] === 'preflight';
  return CIRCUMSTANCES.has(code);
}

/** Of the release that the first entry speaks about: a roll-back leaves what was installed last before it. */
function manifestOf(
  version: Version,
  [entry, ...older]: readonly TransactionResult[],
): TransactionResult['manifestSha256'] {
  if (entry?.kind !== 'rollback') return entry?.manifestSha256;
  return older.find(
    ({ kind, to, outcome }) => kind === 'apply' && to === version && outcome === 'committed',
  )?.manifestSha256;
}

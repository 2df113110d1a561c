/**
 * The part of the snapshot that lies on the disk. It is read anew for each snapshot, because a foreground `--run` may have
 * changed it beside a sleeping daemon. Changes nothing.
 */
import type {
  Channel,
  Drift,
  ErrorView,
  HeldBack,
  ReleaseSummary,
  Status,
  TransactionResult,
  Version,
} from '@pikit/protocol';
import type { KeptRecord } from '../core/kept-record.ts';
import { BACKUPS, CURRENT, treePath, type TreeVersion } from '../core/layout.ts';
import { judgeRelease } from '../core/held-back.ts';
import { unseenNotes } from '../core/release-notes.ts';
import { isNewer, isOfChannel } from '../core/selection.ts';
import type { Disk } from '../ports.ts';
import { openEdits } from '../steps/config-edits.ts';
import { readReady } from '../steps/kept-release.ts';
import { installedVersion } from '../steps/version-file.ts';
import { refOfLink } from '../steps/trees.ts';
import { costOf, NO_COST, pickCost, type Cost, type CostTools } from './offer-cost.ts';
import type { Store } from './store.ts';
import { mustBeSigned } from './trust.ts';

/** What is kept in state.json and nowhere else. */
export interface Memory {
  /** The newest release that a check saw; an offer only while it is newer than what runs. */
  readonly candidate: ReleaseSummary | null;
  readonly lastCheck: string | null;
  readonly checkError: ErrorView | null;
  readonly lastResult: TransactionResult | null;
  /** What the last audit found. */
  readonly drift: Drift | null;
  /** What was uploaded last; an offer only while it lies ready. */
  readonly imported: ReleaseSummary | null;
  /** About what is offered. */
  readonly heldBack: HeldBack | null;
  /** Likewise. */
  readonly cost: Cost;
  /** What the owner does not want to hear of. */
  readonly skipped: Version | null;
}

export async function remember(store: Store): Promise<Memory> {
  const saved = await store.loadState();
  return {
    candidate: saved?.candidate ?? null,
    imported: saved?.imported ?? null,
    lastCheck: saved?.status.last_check ?? null,
    checkError: saved?.status.check_error ?? null,
    lastResult: saved?.status.last_result ?? null,
    drift: saved?.status.drift ?? null,
    heldBack: saved?.status.held_back ?? null,
    cost: saved?.status.offered ? pickCost(saved.status.offered) : NO_COST,
    skipped: saved?.status.skipped ?? null,
  };
}

/** What is said about the offer, anew: what has changed may have been the end of a transaction, or the channel. */
export async function judge(
  tools: CostTools & { readonly store: Store },
  memory: Memory,
): Promise<Memory> {
  const { disk, store, policy } = tools;
  const offer = bestOf(memory, await readReady(disk), policy.channel);
  if (offer === null) return { ...memory, heldBack: null, cost: NO_COST };
  const heldBack = judgeRelease(offer, await store.loadHistory(Infinity));
  return { ...memory, heldBack, cost: await costOf(tools, offer) };
}

/** What was uploaded is one of the releases that there are, whatever its channel, as long as all of it is here. */
function bestOf(
  memory: Pick<Memory, 'candidate' | 'imported'>,
  ready: KeptRecord | undefined,
  channel: Channel,
): ReleaseSummary | null {
  const candidate = candidateOf(memory, channel);
  const { imported } = memory;
  const isHere =
    imported !== null &&
    ready?.imported === true &&
    ready.manifestSha256 === imported.manifestSha256;
  if (!isHere || candidate?.manifestSha256 === imported.manifestSha256) return candidate;
  return candidate !== null && isNewer(candidate.version, imported.version) ? candidate : imported;
}

/** Found on another channel it is none here. */
function candidateOf(
  { candidate }: Pick<Memory, 'candidate'>,
  channel: Channel,
): ReleaseSummary | null {
  return candidate !== null && isOfChannel(candidate, channel) ? candidate : null;
}

type DeviceState = Omit<
  Status,
  'boot' | 'revision' | 'channel' | 'checking' | 'transaction' | 'progress'
>;

export async function readDevice(
  disk: Disk,
  store: Store,
  memory: Memory,
  channel: Channel,
): Promise<DeviceState> {
  const { lastCheck, checkError, lastResult, drift, heldBack, cost, skipped } = memory;
  const current = await runningVersion(disk);
  const ready = await readReady(disk);
  const best = bestOf(memory, ready, channel);
  const isOffer = best !== null && isNewer(best.version, current);
  const backup = await latestBackup(disk);
  return {
    current,
    latest: candidateOf(memory, channel)?.version ?? null,
    offered: isOffer ? { ...best, ...cost, earlier: unseenNotes(best.earlier, current) } : null,
    previous: backup?.version ?? null,
    trust: (await mustBeSigned({ disk, store })) ? 'signed' : 'unsigned',
    last_check: lastCheck,
    check_error: checkError,
    last_result: lastResult,
    backup_path: backup?.path ?? null,
    settings: await store.loadSettings(),
    // Of another release than the one that was audited it says nothing.
    drift: drift?.version === current ? drift : null,
    held_back: isOffer ? heldBack : null,
    edited: [...(await openEdits(disk))],
    ready: ready === undefined ? null : readyView(ready),
    // Installing it, or anything newer, ends the skip for good: the next snapshot is made from this one.
    skipped: skipped !== null && isNewer(skipped, current) ? skipped : null,
  };
}

function readyView({ version, manifestSha256, transaction }: KeptRecord): Status['ready'] {
  return { version, manifestSha256, transaction };
}

/** Before the first update `/etc/pikit/version` is all that is known. */
async function runningVersion(disk: Disk): Promise<TreeVersion | null> {
  const tree = refOfLink(await disk.readLink(CURRENT));
  if (tree !== undefined) return tree.version;
  const written = await installedVersion(disk);
  return written === 'preexisting' ? null : written;
}

/** The newest backup link whose tree is still there: where a roll-back would lead. */
export async function latestBackup(
  disk: Disk,
): Promise<{ readonly path: string; readonly version: TreeVersion } | undefined> {
  for (const name of (await disk.list(BACKUPS)).toReversed()) {
    const path = `${BACKUPS}/${name}`;
    const tree = refOfLink(await disk.readLink(path));
    if (tree === undefined) continue;
    const isThere = (await disk.lstat(treePath(tree.name)))?.kind === 'directory';
    if (isThere) return { path, version: tree.version };
  }
  return undefined;
}

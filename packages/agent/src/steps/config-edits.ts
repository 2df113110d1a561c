/**
 * The record of which configuration files the owner has edited: written before a transaction touches the first of them,
 * and asked for the status. It changes no configuration file.
 */
import type { UpdateError } from '@pikit/protocol';
import {
  EditsRecordSchema,
  editOf,
  type Content,
  type Edit,
  type EditsRecord,
} from '../core/config-merge.ts';
import type { KnownCopies } from '../core/known-copies.ts';
import { damagedPath, EDITS_FILE, isOurLink, newPath } from '../core/layout.ts';
import { encodeRecord, isDamage, parseRecord } from '../core/record.ts';
import type { TreeFile } from '../core/tree-record.ts';
import type { Disk } from '../ports.ts';
import type { StepContext } from './context.ts';
import { whoseDirectory } from './ours.ts';
import { digestOf } from './stage-local.ts';

const MAX_RECORD_BYTES = 4 * 1024 * 1024;

type Configs = ReadonlyMap<string, TreeFile>;

/**
 * What is the device's own at a name, seen as a release sees it. A directory of ours, which another release has there, is none of
 * its own; a file that cannot be read is nobody's but the owner's.
 */
export async function contentAt(
  disk: Disk,
  at: string,
  known: KnownCopies = new Map(),
): Promise<Content> {
  const entry = await disk.lstat(at);
  if (entry === undefined) return null;
  if (entry.kind === 'file') return (await digestOf(disk, at)) ?? 'foreign';
  const isOurs = entry.kind === 'directory' && (await whoseDirectory(disk, at, known)) === 'ours';
  return isOurs ? null : 'foreign';
}

/**
 * The edits of this transaction, by device path. What was untouched at its beginning may since hold the content of either
 * release; anything else was edited while it was cut off. `base`: what releases had brought when it began.
 */
export async function noteEdits(
  { disk, log, record }: StepContext,
  {
    base,
    coming,
    leaving,
    known,
  }: {
    readonly base: Configs;
    readonly coming: Configs;
    readonly leaving: Configs;
    readonly known: KnownCopies;
  },
): Promise<ReadonlyMap<string, Edit>> {
  const { id } = record();
  let isDamaged = false;
  const saved = await load(disk, async (error) => {
    isDamaged = true;
    log.error(`${error.message}: kept as ${damagedPath(EDITS_FILE)}`);
    await disk.rename(EDITS_FILE, damagedPath(EDITS_FILE));
  });
  const before = new Map(saved?.files.map((edit) => [edit.at, edit]));
  const hasBegun = saved?.transaction === id;
  const names = new Set([...coming.keys(), ...leaving.keys()]);
  const fresh = hasBegun
    ? (saved.fresh ?? [])
    : freshOf(names, isDamaged ? undefined : (saved ?? null));
  const edits: Edit[] = [];
  for (const at of [...names].toSorted()) {
    const earlier = before.get(at);
    if (hasBegun && earlier !== undefined) {
      edits.push(earlier);
    } else if (!isOurLink(await disk.readLink(at))) {
      const shipped = (configs: Configs) => configs.get(at)?.sha256 ?? null;
      const device = await contentAt(disk, at, known);
      // Its target is a new one: no release has placed there what it has.
      if (device === null && fresh.includes(at)) continue;
      const edit = editOf(at, {
        device,
        base: shipped(hasBegun ? leaving : base),
        releases: (hasBegun ? [base, coming, leaving] : [base]).map(shipped),
        earlier,
        isOpen: (await disk.lstat(newPath(at))) !== undefined,
      });
      if (edit !== undefined) edits.push(edit);
    }
  }
  const isNew = !hasBegun || edits.length > before.size;
  if (names.size > 0 && isNew) {
    const content = {
      transaction: id,
      files: edits,
      placed: [...names],
      fresh: [...fresh],
    } satisfies EditsRecord;
    await disk.write(EDITS_FILE, encodeRecord(content), 0o644);
  }
  return new Map(edits.map((edit) => [edit.at, edit]));
}

/** `saved`: of the last transaction with any, null where there was none; undefined where that cannot be told. */
function freshOf(
  names: ReadonlySet<string>,
  saved: EditsRecord | null | undefined,
): readonly string[] {
  const placed = saved === null ? [] : saved?.placed;
  return placed === undefined ? [] : [...names].filter((at) => !placed.includes(at));
}

/** Device paths of edited files whose new version lies beside them and differs. */
export async function openEdits(disk: Disk): Promise<readonly string[]> {
  // because the next transaction says so and keeps it aside; a reader changes nothing
  const saved = await load(disk, async () => undefined);
  const open: string[] = [];
  for (const { at } of saved?.files ?? []) {
    const beside = await disk.lstat(newPath(at));
    if (beside === undefined) continue;
    const sizes = [beside.size, (await disk.lstat(at))?.size];
    const isMerged =
      sizes[0] === sizes[1] && (await contentAt(disk, newPath(at))) === (await contentAt(disk, at));
    if (!isMerged) open.push(at);
  }
  return open;
}

/** Undefined also for a damaged one. */
async function load(
  disk: Disk,
  onDamage: (error: UpdateError) => Promise<void>,
): Promise<EditsRecord | undefined> {
  try {
    const bytes = await disk.read(EDITS_FILE, MAX_RECORD_BYTES);
    return bytes === undefined ? undefined : parseRecord(bytes, EditsRecordSchema, EDITS_FILE);
  } catch (error) {
    if (!isDamage(error)) throw error;
    await onDamage(error);
    return undefined;
  }
}

/**
 * The small records that we keep between transactions: journal, settings, state, history and trust. A damaged one is never
 * believed and never stops the agent: it is moved aside for the operator and treated as absent; only whom we trust is not
 * forgotten so easily.
 */
import {
  DEFAULT_SETTINGS,
  ReleaseSummarySchema,
  SettingsSchema,
  StatusSchema,
  TransactionResultSchema,
  type ReleaseSummary,
  type Settings,
  type Status,
  type TransactionResult,
} from '@pikit/protocol';
import * as v from 'valibot';
import { JournalRecordSchema, type JournalRecord } from '../core/journal-record.ts';
import {
  damagedPath,
  HISTORY_FILE,
  JOURNAL_FILE,
  SETTINGS_FILE,
  STATE_FILE,
  TRUST_FILE,
} from '../core/layout.ts';
import { encodeRecord, isDamage, isTorn, parseRecord } from '../core/record.ts';
import { NOTHING_TOLD, TrustRecordSchema, type TrustRecord } from '../core/trust-root.ts';
import type { Disk, Log } from '../ports.ts';

const MAX_RECORD_BYTES = 1024 * 1024;
const MAX_HISTORY_BYTES = 4 * 1024 * 1024;
/** The api's group reads the state; nobody but root reads the journal. */
const PUBLIC = 0o644;
const PRIVATE = 0o600;

/**
 * The snapshot, and what it shows only while it is an update: the newest release seen, and the one that was uploaded last.
 */
const StateSchema = v.object({
  ...StatusSchema.entries,
  candidate: v.nullable(ReleaseSummarySchema),
  /** What an earlier agent wrote lacks it. */
  imported: v.optional(v.nullable(ReleaseSummarySchema), null),
});

export interface SavedState {
  readonly status: Status;
  readonly candidate: ReleaseSummary | null;
  readonly imported: ReleaseSummary | null;
}

export interface Store {
  readonly loadJournal: () => Promise<JournalRecord | undefined>;
  readonly saveJournal: (record: JournalRecord) => Promise<void>;
  readonly clearJournal: () => Promise<void>;
  readonly loadSettings: () => Promise<Settings>;
  readonly saveSettings: (settings: Settings) => Promise<void>;
  /**
   * Throws `state-damaged` for one that cannot be believed: a retired key would count again, so only the operator may begin
   * anew, by removing the file.
   */
  readonly loadTrust: () => Promise<TrustRecord>;
  readonly saveTrust: (record: TrustRecord) => Promise<void>;
  readonly loadState: () => Promise<SavedState | undefined>;
  readonly saveState: (state: SavedState) => Promise<void>;
  /** Newest first. Lines that cannot be read are left out. */
  readonly loadHistory: (limit: number) => Promise<readonly TransactionResult[]>;
  /**
   * Adds one result and drops the oldest beyond `keep`; adding the same transaction twice changes nothing. Lines of somebody
   * else are kept aside, and the history goes on without them.
   */
  readonly addToHistory: (result: TransactionResult, keep: number) => Promise<void>;
}

interface Needs {
  readonly disk: Disk;
  readonly log: Log;
}

export function createStore({ disk, log }: Needs): Store {
  const load = async <S extends v.GenericSchema>(
    path: string,
    schema: S,
    isLost: typeof isDamage = isDamage,
  ): Promise<v.InferOutput<S> | undefined> => {
    try {
      const bytes = await disk.read(path, MAX_RECORD_BYTES);
      return bytes && parseRecord(bytes, schema, path);
    } catch (error) {
      if (!isLost(error)) throw error;
      await setAside({ disk, log }, path, error.message);
      return undefined;
    }
  };

  const loadHistory = async (limit: number): Promise<readonly TransactionResult[]> =>
    parseHistory(await readHistory(disk, log)).entries.slice(0, limit);

  return {
    // Forgotten, it would leave the targets where they are: a medium that refuses may do so for a moment only.
    loadJournal: () => load(JOURNAL_FILE, JournalRecordSchema, isTorn),
    saveJournal: (record) => disk.write(JOURNAL_FILE, encodeRecord(record), PRIVATE),
    clearJournal: () => disk.remove(JOURNAL_FILE),
    loadSettings: async () => (await load(SETTINGS_FILE, SettingsSchema)) ?? DEFAULT_SETTINGS,
    saveSettings: (settings) => disk.write(SETTINGS_FILE, encodeRecord(settings), PRIVATE),
    loadTrust: async () => {
      const bytes = await disk.read(TRUST_FILE, MAX_RECORD_BYTES);
      return bytes === undefined ? NOTHING_TOLD : parseRecord(bytes, TrustRecordSchema, TRUST_FILE);
    },
    saveTrust: (record) => disk.write(TRUST_FILE, encodeRecord(record), PRIVATE),
    loadState: async () => {
      const state = await load(STATE_FILE, StateSchema);
      if (state === undefined) return undefined;
      const { candidate, imported, ...status } = state;
      return { status, candidate, imported };
    },
    saveState: ({ status, candidate, imported }) =>
      disk.write(STATE_FILE, encodeRecord({ ...status, candidate, imported }), PUBLIC),
    loadHistory,
    addToHistory: async (result, keep) => {
      const bytes = await readHistory(disk, log);
      const { entries, isDamaged } = parseHistory(bytes);
      if (entries.some(({ id }) => id === result.id)) return;
      if (!isDamaged && entries.length < keep)
        // The line break before it ends a line that a power cut tore, which would swallow this one.
        return disk.appendDurably(HISTORY_FILE, `\n${JSON.stringify(result)}\n`);
      if (isDamaged && bytes !== undefined) {
        log.error(
          `${HISTORY_FILE} has lines that are not ours: kept as ${damagedPath(HISTORY_FILE)}`,
        );
        await disk.write(damagedPath(HISTORY_FILE), bytes, PUBLIC);
      }
      const kept = [result, ...entries].slice(0, keep).toReversed();
      const lines = kept.map((entry) => JSON.stringify(entry));
      await disk.write(HISTORY_FILE, `${lines.join('\n')}\n`, PUBLIC);
    },
  };
}

/** Where it were not set aside, no transaction could ever end: each is added to it. */
async function readHistory(disk: Disk, log: Log): Promise<Uint8Array | undefined> {
  try {
    return await disk.read(HISTORY_FILE, MAX_HISTORY_BYTES);
  } catch (error) {
    if (!isDamage(error)) throw error;
    await setAside({ disk, log }, HISTORY_FILE, error.message);
    return undefined;
  }
}

/** In the place of an older one: the newest explains what is wrong now, and a card must not fill up with them. */
async function setAside({ disk, log }: Needs, path: string, reason: string): Promise<void> {
  const kept = damagedPath(path);
  try {
    await disk.rename(path, kept);
  } catch (error) {
    log.error(`${reason}, and it cannot be put aside`);
    throw error;
  }
  log.error(`${reason}: kept as ${kept} and started anew`);
}

/** The beginning of a record, or nothing but the room for it: what a power cut leaves of a line, and no cause for alarm. */
const TORN = /^(?:\{(?:.*[^}])?|\0+)$/s;

/** Newest first. */
function parseHistory(bytes: Uint8Array | undefined): {
  readonly entries: readonly TransactionResult[];
  readonly isDamaged: boolean;
} {
  const lines = new TextDecoder()
    .decode(bytes)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .toReversed();
  const parsed = lines.map((line) => ({ line, entry: parseHistoryLine(line) }));
  return {
    entries: parsed.flatMap(({ entry }) => entry ?? []),
    isDamaged: parsed.some(({ line, entry }) => entry === undefined && !TORN.test(line)),
  };
}

function parseHistoryLine(line: string): TransactionResult | undefined {
  try {
    return v.parse(TransactionResultSchema, JSON.parse(line));
  } catch {
    // because one line that cannot be read must not hide the others
    return undefined;
  }
}

/** What `pikit-rpc doctor` and `rescue` see of a device, before anybody judges it. Types only. */
import type { JournalRecord } from '../../core/journal-record.ts';

/** A name on the device and what stands there. `mode` has the permission bits alone. */
export interface Place {
  readonly path: string;
  readonly kind: 'absent' | 'file' | 'directory' | 'socket' | 'link' | 'other';
  readonly mode: number;
  /** Names where the device knows them, else numbers. Whoever looks at a sandbox counts as its root. */
  readonly owner: string;
  readonly group: string;
}

/** A small file of the updater's own. */
export type Kept<T> =
  | { readonly kind: 'absent' }
  | { readonly kind: 'damaged'; readonly reason: string }
  | { readonly kind: 'good'; readonly content: T };

export type KeptJournal = Kept<JournalRecord>;

export interface Filesystem {
  readonly mount: string;
  readonly type: string;
  readonly isReadOnly: boolean;
  /** It holds the sandbox as a whole, so that what it is was somebody's choice. */
  readonly isSandboxOwn: boolean;
  readonly freeBytes: number;
  /** 0 where it has no fixed number of them. */
  readonly totalInodes: number;
  readonly freeInodes: number;
  /** What of the updater lies on it. */
  readonly places: readonly string[];
}

export interface Unit {
  readonly name: string;
  /** As systemd says it: `loaded`, `not-found`, `masked`, … */
  readonly load: string;
  /** `active`, `inactive`, `failed`, … */
  readonly active: string;
  /** `enabled`, `disabled`, `static`, …; empty where it does not say. */
  readonly file: string;
}

/** The link to what runs, and the release trees that are there. */
export interface Trees {
  /** The name of the tree that `current` leads to; null when there is no link. */
  readonly current: string | null;
  /** The link is there and its tree is not. */
  readonly isDangling: boolean;
  readonly names: readonly string[];
}

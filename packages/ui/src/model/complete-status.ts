/**
 * Fills in what an earlier api leaves out of a status: after a roll-back the page is newer than the device for a moment. The
 * same defaults as in the schema, which is too large for a page. Pure.
 */
import type { ReleaseSummary, Status } from '@pikit/protocol';

const UNKNOWN = { drift: null, held_back: null, edited: [], ready: null, skipped: null } as const;

const UNKNOWN_OF_RELEASE = {
  signedBy: null,
  expires: null,
  earlier: [],
  downloadBytes: null,
  restarts: [],
} as const;

const UNKNOWN_OF_SETTINGS = { checkAt: '04:20', channel: null, keep: null } as const;

/** What every api has told from the beginning; the rest may be missing. */
export type TrustedStatus<S extends Status = Status> = Omit<
  S,
  keyof typeof UNKNOWN | 'offered' | 'settings'
> &
  Partial<Pick<S, keyof typeof UNKNOWN>> & {
    readonly settings: Pick<Status['settings'], 'autoCheck'> & Partial<Status['settings']>;
    readonly offered:
      (Omit<ReleaseSummary, keyof typeof UNKNOWN_OF_RELEASE> & Partial<ReleaseSummary>) | null;
  };

export function completeStatus<S extends Status>(status: TrustedStatus<S>): S {
  const { offered, settings } = status;
  return {
    ...UNKNOWN,
    ...status,
    settings: { ...UNKNOWN_OF_SETTINGS, ...settings },
    offered: offered === null ? null : { ...UNKNOWN_OF_RELEASE, ...offered },
  } as unknown as S;
}

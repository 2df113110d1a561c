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

/** What every api has told from the beginning; the rest may be missing. */
export type TrustedStatus<S extends Status = Status> = Omit<S, keyof typeof UNKNOWN | 'offered'> &
  Partial<Pick<S, keyof typeof UNKNOWN>> & {
    readonly offered:
      (Omit<ReleaseSummary, keyof typeof UNKNOWN_OF_RELEASE> & Partial<ReleaseSummary>) | null;
  };

export function completeStatus<S extends Status>(status: TrustedStatus<S>): S {
  const { offered } = status;
  return {
    ...UNKNOWN,
    ...status,
    offered: offered === null ? null : { ...UNKNOWN_OF_RELEASE, ...offered },
  } as unknown as S;
}

/** Is the clock right? Expiry is judged by it, and so are the certificates of servers. */
import { bad, ok, warning, type Verdict } from './verdict.ts';

export interface ClockFacts {
  readonly nowMs: number;
  /** Undefined when nobody knows. */
  readonly isSynchronised: boolean | undefined;
  /** When this program was laid down or built: it cannot be earlier now. */
  readonly builtMs: number;
  /** When the newest release that was seen was signed. */
  readonly signedMs: number | undefined;
}

const CHECK = 'clock';
/** For time zones and clocks of others. */
const TOLERANCE_MS = 24 * 60 * 60 * 1000;
const SET = 'timedatectl set-ntp true, or timedatectl set-time; then timedatectl status';

export function judgeClock({ nowMs, isSynchronised, builtMs, signedMs }: ClockFacts): Verdict {
  const now = new Date(nowMs).toISOString();
  if (nowMs + TOLERANCE_MS < builtMs) {
    return bad(CHECK, `${now} is before this program was made`, SET);
  }
  if (signedMs !== undefined && nowMs + TOLERANCE_MS < signedMs) {
    return bad(CHECK, `${now} is before the newest release that was seen was signed`, SET);
  }
  if (isSynchronised === true) return ok(CHECK, `${now}, set by the network`);
  const found =
    isSynchronised === undefined
      ? `${now}; nobody says whether the network has set it`
      : `${now}, not set by the network: expiry is not judged`;
  return warning(CHECK, found, SET);
}

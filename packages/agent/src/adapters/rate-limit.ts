/**
 * How long a server wants to be left alone, as the many conventions for it say. Its own Date counts where it gives a time of
 * day, because this device's clock may be wrong. Decides nothing.
 */
import type { HttpAnswer } from './http.ts';
import { parseRetryAfter } from './back-off.ts';

/** A server that wants more is not believed: nobody may keep a device from updates for good. */
const LONGEST_PAUSE_MS = 24 * 60 * 60 * 1000;
/** A number of seconds beyond this is a time of day: since 1970. */
const LEAST_EPOCH_SECONDS = 1_000_000_000;
const REFUSALS = new Set([403, 429]);

type Header = HttpAnswer['header'];

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d{1,12}\s*$/.test(text) ? Number(text) : undefined;
}

/** Seconds until there is room again, where there is none left: GitHub's headers, and the drafts of IETF's, old and new. */
function resetOf(header: Header): number | undefined {
  const [, left, after] =
    /\b(?:r|remaining)=(\d+)\b.*?\b(?:t|reset)=(\d+)\b/.exec(header('ratelimit') ?? '') ?? [];
  if (count(left) === 0) return count(after);
  for (const prefix of ['x-ratelimit', 'ratelimit', 'x-rate-limit']) {
    if (count(header(`${prefix}-remaining`)) === 0) return count(header(`${prefix}-reset`));
  }
  return undefined;
}

/** Milliseconds; undefined where the answer asks for no pause. `now` is ISO 8601. */
export function pauseMs(
  { status, header }: Pick<HttpAnswer, 'status' | 'header'>,
  now: string,
): number | undefined {
  if (!REFUSALS.has(status) && status !== 408 && status < 500) return undefined;
  const told = Date.parse(header('date') ?? '');
  const serverNow = Number.isNaN(told) ? now : new Date(told).toISOString();
  const asked = parseRetryAfter(header('retry-after'), serverNow);
  if (asked !== undefined) return Math.min(asked, LONGEST_PAUSE_MS);
  const reset = REFUSALS.has(status) ? resetOf(header) : undefined;
  if (reset === undefined) return undefined;
  const isTimeOfDay = reset >= LEAST_EPOCH_SECONDS;
  const wait = isTimeOfDay ? reset * 1000 - Date.parse(serverNow) : reset * 1000;
  return Math.min(Math.max(0, wait), LONGEST_PAUSE_MS);
}

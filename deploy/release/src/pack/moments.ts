/**
 * Dates of a release, from whoever wrote them to the one spelling of the manifest. There is no clock in here: what is packed
 * twice must come out equal.
 */
const MOMENT = /^(\d{4}-\d\d-\d\d)(?:[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?$/i;

/** What eleven octal digits of a tar header can say, in the year 2242. */
const MAX_SECONDS = 8 ** 11;

const DAY_MS = 24 * 60 * 60 * 1000;

/** A day, or a moment with its time zone, as `2026-11-26T00:00:00Z`; undefined for anything else. */
export function parseMoment(text: string): string | undefined {
  const day = MOMENT.exec(text)?.[1];
  // The 30th of February would silently be a day in March.
  if (day === undefined || normalise(`${day}T00:00:00Z`)?.slice(0, 10) !== day) return undefined;
  return normalise(text);
}

/** `SOURCE_DATE_EPOCH`: seconds since 1970 (reproducible-builds.org). */
export function parseEpoch(text: string): string | undefined {
  return /^\d{1,10}$/.test(text) ? momentAt(Number(text) * 1000) : undefined;
}

export function daysAfter(moment: string, days: number): string | undefined {
  return momentAt(Date.parse(moment) + days * DAY_MS);
}

/** As a tar header has it. */
export const secondsOf = (moment: string): number => Date.parse(moment) / 1000;

function normalise(text: string): string | undefined {
  return momentAt(Date.parse(text));
}

function momentAt(ms: number): string | undefined {
  const seconds = Math.floor(ms / 1000);
  if (!(seconds >= 0 && seconds < MAX_SECONDS)) return undefined;
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

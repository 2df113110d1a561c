/** Numbers, sizes and times for people, through Intl in the page's language, and sentences with them. Knows no sentence itself. */
import type { ErrorDetails } from '@pikit/protocol';
import { fill } from './fill.ts';

export interface Format {
  /** Decimal units, as shops and `df -H` count them. */
  bytes(count: number): string;
  percent(whole: number): string;
  /** A length of time in milliseconds; negative counts as none. */
  elapsed(ms: number): string;
  /** Between two times of the device, rounded up to a second: nothing takes no time. */
  took(startedAt: string, endedAt: string): string;
  /** How long before `now` (both in milliseconds) something was. */
  ago(then: number, now: number): string;
  day(iso: string): string;
  /** To the second. */
  clock(iso: string): string;
  /** To the minute. */
  time(iso: string): string;
  /** Day and time of day. */
  moment(iso: string): string;
  /** See `fill.ts`: passed on with the language, so that what loads later need not bring it again. */
  fill(template: string, details: ErrorDetails): string;
}

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Formatters of Intl take milliseconds to make, which a page that shows none of it should not spend. */
function onDemand<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** A time that cannot be read is shown as it came. */
function show(iso: string, format: () => Intl.DateTimeFormat): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? iso : format().format(time);
}

function unitFormat(language: string, unit: string, digits: number): Intl.NumberFormat {
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: digits,
  });
}

export function createFormat(language: string): Format {
  const units = new Map<string, Intl.NumberFormat>();
  const unit = (value: number, name: string, digits = 0): string => {
    const known = units.get(name) ?? unitFormat(language, name, digits);
    units.set(name, known);
    return known.format(value);
  };
  const relative = onDemand(() => new Intl.RelativeTimeFormat(language, { numeric: 'auto' }));
  const percent = onDemand(() => new Intl.NumberFormat(language, { style: 'percent' }));
  const dated = (options: Intl.DateTimeFormatOptions): ((iso: string) => string) => {
    const written = onDemand(
      () => new Intl.DateTimeFormat(language, { ...options, hourCycle: 'h23' }),
    );
    return (iso) => show(iso, written);
  };

  const elapsed = (ms: number): string => {
    const seconds = Math.max(0, Math.floor(ms / SECOND));
    if (seconds < 60) return unit(seconds, 'second');
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return `${unit(minutes, 'minute')} ${unit(seconds % 60, 'second')}`;
    return `${unit(Math.floor(minutes / 60), 'hour')} ${unit(minutes % 60, 'minute')}`;
  };

  const format: Format = {
    bytes(count) {
      const step = count < 1 ? 0 : Math.min(4, Math.floor(Math.log10(count) / 3));
      return unit(count / 1000 ** step, BYTE_UNITS[step] ?? 'byte', step < 2 ? 0 : 1);
    },
    percent: (whole) => percent().format(whole / 100),
    elapsed,
    took: (startedAt, endedAt) =>
      elapsed(Math.ceil((Date.parse(endedAt) - Date.parse(startedAt)) / SECOND) * SECOND),
    ago(then, now) {
      const past = Math.max(0, now - then);
      if (past < MINUTE) return relative().format(0, 'second');
      if (past < HOUR) return relative().format(-Math.floor(past / MINUTE), 'minute');
      if (past < DAY) return relative().format(-Math.floor(past / HOUR), 'hour');
      return relative().format(-Math.floor(past / DAY), 'day');
    },
    day: dated({ dateStyle: 'medium' }),
    clock: dated({ timeStyle: 'medium' }),
    time: dated({ timeStyle: 'short' }),
    moment: dated({ dateStyle: 'medium', timeStyle: 'short' }),
    fill: (template, details) => fill(template, details, format),
  };
  return format;
}

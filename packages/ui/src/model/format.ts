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

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const AGES = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
] as const;
/** Less than all of them: no second at all. */
const NOW = ['second', Infinity] as const;

/** A clock may have been set back meanwhile, and what is no time at all was no time ago. */
const lengthOf = (ms: number): number => Math.max(0, ms) || 0;

/** Formatters of Intl take milliseconds to make, which a page that shows none of it should not spend. */
function onDemand<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

export function createFormat(language: string): Format {
  const number = (options: Intl.NumberFormatOptions): ((value: number) => string) => {
    const written = onDemand(() => new Intl.NumberFormat(language, options));
    return (value) => written().format(value);
  };
  // A short byte has no plural in English.
  const unit = (name: string, maximumFractionDigits = 0) => {
    const unitDisplay = name === 'byte' ? 'long' : 'short';
    return number({ style: 'unit', unit: name, unitDisplay, maximumFractionDigits });
  };
  const dated = (options: Intl.DateTimeFormatOptions): ((iso: string) => string) => {
    const written = onDemand(
      () => new Intl.DateTimeFormat(language, { ...options, hourCycle: 'h23' }),
    );
    return (iso) => {
      const time = Date.parse(iso);
      // A time that cannot be read is shown as it came.
      return Number.isNaN(time) ? iso : written().format(time);
    };
  };

  const relative = onDemand(() => new Intl.RelativeTimeFormat(language, { numeric: 'auto' }));
  const percent = number({ style: 'percent' });
  const [hours, minutes, seconds] = [unit('hour'), unit('minute'), unit('second')];
  const sizes = [
    unit('byte'),
    unit('kilobyte'),
    unit('megabyte', 1),
    unit('gigabyte', 1),
    unit('terabyte', 1),
  ];

  const elapsed = (ms: number): string => {
    const past = Math.floor(lengthOf(ms) / SECOND);
    if (past < 60) return seconds(past);
    const whole = Math.floor(past / 60);
    if (whole < 60) return `${minutes(whole)} ${seconds(past % 60)}`;
    return `${hours(Math.floor(whole / 60))} ${minutes(whole % 60)}`;
  };

  const format: Format = {
    bytes(count) {
      let [shown, step] = [count, 0];
      // What would be rounded to a thousand is one of the next.
      for (; shown >= 999.5 && step < 4; step += 1) shown /= 1000;
      return (sizes[step] ?? String)(shown);
    },
    percent: (whole) => percent(whole / 100),
    elapsed,
    took: (startedAt, endedAt) =>
      elapsed(Math.ceil((Date.parse(endedAt) - Date.parse(startedAt)) / SECOND) * SECOND),
    ago(then, now) {
      const past = lengthOf(now - then);
      const [name, length] = AGES.find(([, each]) => past >= each) ?? NOW;
      return relative().format(-Math.floor(past / length), name);
    },
    day: dated({ dateStyle: 'medium' }),
    clock: dated({ timeStyle: 'medium' }),
    time: dated({ timeStyle: 'short' }),
    moment: dated({ dateStyle: 'medium', timeStyle: 'short' }),
    fill: (template, details) => fill(template, details, format),
  };
  return format;
}

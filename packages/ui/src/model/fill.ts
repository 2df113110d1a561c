/**
 * Puts the facts of an error into its sentence. `{name}` is a fact, `{name|bytes}` a size, `{name|time}` a time of day;
 * a part in square brackets is left out when one of its facts is missing. A value is never read as a template. Pure.
 */
import type { ErrorDetails } from '@pikit/protocol';

/** How facts are written, as far as a sentence needs it. */
interface Writing {
  bytes(count: number): string;
  time(iso: string): string;
}

const FACT = /\{(\w+)(?:\|(bytes|time))?\}/g;
const PART = /\[([^\]]*)\]/g;

export function fill(template: string, details: ErrorDetails, format: Writing): string {
  // Most words of the chip hold no fact, and a page that shows nothing else need not compile what looks for them.
  if (!template.includes('{')) return template;
  const show = (_: string, name: string, kind?: string): string => {
    const value = Object.hasOwn(details, name) ? details[name] : undefined;
    if (value === undefined) return '';
    if (kind === 'bytes' && typeof value === 'number') return format.bytes(value);
    if (kind === 'time' && typeof value === 'string') return format.time(value);
    return String(value);
  };
  const isWhole = (part: string): boolean =>
    [...part.matchAll(FACT)].every(([fact, name = '']) => show(fact, name) !== '');
  return template
    .replaceAll(PART, (_, part: string) => (isWhole(part) ? part : ''))
    .replaceAll(FACT, show);
}

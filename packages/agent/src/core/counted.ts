/** A number with its noun, for lines that people read; it knows nouns that take an `s`, and no others. */

/** `1 file`, `3 files`. */
export function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}

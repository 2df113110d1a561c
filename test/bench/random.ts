/** Chance that comes out the same each time: what a bench generates must not differ from run to run. */

/** Numbers from 0 up to 1, not including it (mulberry32). The same words and numbers give the same row. */
export function createRandom(...seeds: readonly (string | number)[]): () => number {
  let state = 0;
  for (const character of seeds.join('\0')) {
    state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01_00_01_93) + 0x9e_37_79_b9;
  }
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

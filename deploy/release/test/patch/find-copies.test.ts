/** What of a new file is found in old ones, and that following the instructions gives the file again. */
import { describe, expect, it } from 'vitest';
import { createByteIndex } from '../../src/patch/byte-index.ts';
import { findCopies, type CopySource, type Instruction } from '../../src/patch/find-copies.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function sourceOf(text: string, position = 0): CopySource {
  const bytes = bytesOf(text);
  const file = { start: 0, end: bytes.length, position };
  return { bytes, index: createByteIndex(bytes, 4), fileAt: () => file };
}

/** Text that does not repeat itself. */
function prose(seed: number, length: number): string {
  let state = seed;
  const letters = Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return String.fromCodePoint(97 + ((state >>> 16) % 26));
  });
  return letters.join('');
}

function follow(target: string, old: string, instructions: readonly Instruction[]): string {
  let [made, at] = ['', 0];
  for (const { literal, position, length } of instructions) {
    made += target.slice(at, at + literal) + old.slice(position, position + length);
    at += literal + length;
  }
  return made;
}

function found(target: string, ...sources: readonly CopySource[]): readonly Instruction[] {
  return [...findCopies(bytesOf(target), sources)];
}

describe('findCopies', () => {
  const old = prose(11, 500);

  it('copies a file that is the same in one go', () => {
    expect(found(old, sourceOf(old))).toEqual([{ literal: 0, position: 0, length: 500 }]);
  });

  it('goes on behind a few bytes that were replaced', () => {
    const target = `${old.slice(0, 100)}XYZ${old.slice(103)}`;
    expect(found(target, sourceOf(old))).toEqual([
      { literal: 0, position: 0, length: 100 },
      { literal: 3, position: 103, length: 397 },
    ]);
  });

  it('finds the place again behind bytes that came or went', () => {
    const target = `NEW${old.slice(0, 200)}${old.slice(250)}`;
    const instructions = found(target, sourceOf(old));
    expect(follow(target, old, instructions)).toBe(target);
    expect(instructions.map(({ length }) => length)).toEqual([200, 250]);
  });

  it('takes the longer of two places', () => {
    const target = old.slice(0, 80);
    const near = sourceOf(old.slice(0, 40), 1000);
    expect(found(`-${target}`, near, sourceOf(old, 2000))).toEqual([
      { literal: 1, position: 2000, length: 80 },
    ]);
  });

  it('never copies over the end of an old file', () => {
    const bytes = bytesOf(old);
    const files = [
      { start: 0, end: 250, position: 0 },
      { start: 250, end: 500, position: 9000 },
    ] as const;
    const source = {
      bytes,
      index: createByteIndex(bytes, 4),
      fileAt: (offset: number) => files[offset < 250 ? 0 : 1],
    };
    const copies = found(old, source);
    expect(copies.map(({ position, length }) => [position, length])).toEqual([
      [0, 250],
      [9000, 250],
    ]);
  });

  it('brings along what stands nowhere', () => {
    expect(found('entirely new text', sourceOf(old))).toEqual([
      { literal: 17, position: 0, length: 0 },
    ]);
    expect(found('new')).toEqual([{ literal: 3, position: 0, length: 0 }]);
    expect(found('', sourceOf(old))).toEqual([]);
  });

  it.each([0, 1, 2, 3])('finds what stands behind much that is new, and %i bytes', (more) => {
    const target = prose(17, 40_000 + more).toUpperCase() + old;
    const instructions = found(target, sourceOf(old));
    expect(follow(target, old, instructions)).toBe(target);
    expect(Math.max(...instructions.map(({ length }) => length))).toBeGreaterThan(480);
  });
});

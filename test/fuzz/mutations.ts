/**
 * Small changes to bytes that are right: what random bytes never reach, a valid document with one thing wrong does. The
 * position of a change is a share of the length, so that it shrinks and fits whatever is changed.
 */
import * as fc from 'fast-check';
import type { Arbitrary } from 'fast-check';

interface Change {
  readonly kind: 'flip' | 'set' | 'cut' | 'remove' | 'repeat' | 'insert' | 'swap' | 'splice';
  /** Shares of the length, from 0 to 1. */
  readonly at: number;
  readonly other: number;
  /** Bytes that it concerns. */
  readonly length: number;
  readonly value: Uint8Array;
}

/** Not fast-check's double: that is even over the representations, so nearly all of them are next to zero. */
const FINE = 2 ** 20;
const share = fc.nat({ max: FINE - 1 }).map((part) => part / FINE);

/** What parsers stumble over: ends of ranges, separators, and words of the formats. */
const WORDS = [
  '\0',
  '\n',
  '"',
  '\\',
  '/',
  '../',
  '-1',
  '9'.repeat(20),
  '00000000000',
  '\u00e9',
  'ustar',
  '}',
  '[',
  'null',
];

const values = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 16 }),
  fc.constantFrom(...WORDS.map((word) => new Uint8Array(Buffer.from(word)))),
  fc.constantFrom(new Uint8Array([0xff]), new Uint8Array([0x80]), new Uint8Array([0xc0, 0xae])),
);

const changes: Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('flip', 'set', 'cut', 'remove', 'repeat', 'insert', 'swap', 'splice'),
  at: share,
  other: share,
  length: fc.oneof(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 2048 })),
  value: values,
});

/** One of the originals with up to four changes; sometimes none, so that what is right is tried too. */
export function mutated(originals: readonly Uint8Array[]): Arbitrary<Uint8Array> {
  return fc
    .tuple(
      fc.constantFrom(...originals),
      fc.constantFrom(...originals),
      fc.oneof(fc.array(changes, { maxLength: 1 }), fc.array(changes, { maxLength: 4 })),
    )
    .map(([original, other, all]) =>
      all.reduce<Uint8Array>((bytes, change) => apply(bytes, change, other), original),
    );
}

function apply(bytes: Uint8Array, change: Change, donor: Uint8Array): Uint8Array {
  const at = Math.floor(change.at * bytes.length);
  const end = Math.min(bytes.length, at + change.length);
  const [before, piece, after] = [
    bytes.subarray(0, at),
    bytes.subarray(at, end),
    bytes.subarray(end),
  ];
  switch (change.kind) {
    case 'flip':
      return withByte(bytes, at, (byte) => byte ^ (1 << (change.length % 8)));
    case 'set':
      return Buffer.concat([before, change.value, bytes.subarray(at + change.value.length)]);
    case 'cut':
      return before;
    case 'remove':
      return Buffer.concat([before, after]);
    case 'repeat':
      return Buffer.concat([before, piece, piece, after]);
    case 'insert':
      return Buffer.concat([before, change.value, bytes.subarray(at)]);
    case 'swap':
      return Buffer.concat([
        before,
        after.subarray(0, piece.length),
        piece,
        after.subarray(piece.length),
      ]);
    case 'splice':
      return Buffer.concat([before, donor.subarray(Math.floor(change.other * donor.length))]);
  }
}

function withByte(bytes: Uint8Array, at: number, change: (byte: number) => number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const byte = copy[at];
  if (byte !== undefined) copy[at] = change(byte);
  return copy;
}

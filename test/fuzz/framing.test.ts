/** However a stream is cut into pieces, the lines are the same, and none is longer than the limit. */
import { createLineDecoder, encodeLine, UpdateError } from '@pikit/protocol';
import * as fc from 'fast-check';
import { expect } from 'vitest';
import { property } from './fuzz.ts';
import { mutated } from './mutations.ts';

const LIMIT = 64;

interface Read {
  readonly lines: readonly string[];
  /** Of the stream so far: it cannot be read on. */
  readonly isRefused: boolean;
}

/** What the stream says, by the plainest means. */
function plainly(bytes: Uint8Array): Read {
  const pieces: Uint8Array[] = [];
  let start = 0;
  for (const [index, byte] of bytes.entries()) {
    if (byte !== 0x0a) continue;
    pieces.push(bytes.subarray(start, index));
    start = index + 1;
  }
  const lines: string[] = [];
  for (const piece of pieces) {
    const text = piece.length > LIMIT ? undefined : decode(piece);
    if (text === undefined) return { lines, isRefused: true };
    if (text.trim() !== '') lines.push(text);
  }
  return { lines, isRefused: bytes.length - start > LIMIT };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The bytes in pieces of these lengths, and the rest. */
function pieces(bytes: Uint8Array, lengths: readonly number[]): readonly Uint8Array[] {
  const all: Uint8Array[] = [];
  let offset = 0;
  for (const length of lengths) {
    all.push(bytes.subarray(offset, offset + length));
    offset += length;
  }
  return [...all, bytes.subarray(offset)];
}

const message = (document: unknown): Uint8Array => Buffer.from(encodeLine(document));
const streams = mutated([
  Buffer.concat([message({ id: 1 }), message({ method: 'é' }), message('\u{1f600}')]),
  Buffer.concat([
    Buffer.from('\n\r\n  \n'),
    message([]),
    Buffer.alloc(LIMIT, 'a'),
    Buffer.from('\n'),
  ]),
  Buffer.from('\ufeff{}\n{}'),
]);
const lengths = fc.array(fc.nat({ max: 40 }), { maxLength: 20 });

property('framing: any split', fc.tuple(streams, lengths), ([bytes, cuts]) => {
  const decoder = createLineDecoder(LIMIT);
  const lines: string[] = [];
  let seen = 0;
  for (const piece of pieces(bytes, cuts)) {
    seen += piece.length;
    const due = plainly(bytes.subarray(0, seen));
    let given: readonly string[];
    try {
      given = decoder.push(piece);
    } catch (error) {
      expect(error).toBeInstanceOf(UpdateError);
      expect((error as UpdateError).code).toBe('invalid-request');
      expect(due.isRefused).toBe(true);
      return;
    }
    lines.push(...given);
    expect({ lines, isRefused: false }).toEqual(due);
  }
});

property('framing: any message', fc.tuple(fc.jsonValue(), lengths), ([document, cuts]) => {
  const decoder = createLineDecoder();
  const lines = pieces(message(document), cuts).flatMap((piece) => decoder.push(piece));
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    JSON.parse(JSON.stringify(document)),
  ]);
});

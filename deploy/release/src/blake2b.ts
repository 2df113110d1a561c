/**
 * BLAKE2b with a digest of any length (RFC 7693), because minisign's key files carry one of 32 bytes and node:crypto knows
 * only that of 64. Unkeyed, and slow: for the few bytes of a key, not for files.
 */
const IV = [
  0x6a09e667f3bcc908n,
  0xbb67ae8584caa73bn,
  0x3c6ef372fe94f82bn,
  0xa54ff53a5f1d36f1n,
  0x510e527fade682d1n,
  0x9b05688c2b3e6c1fn,
  0x1f83d9abfb41bd6bn,
  0x5be0cd19137e2179n,
];

/** Rounds ten and eleven take the first two again. */
const SIGMA = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
  [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
  [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
  [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
  [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

/** Four columns, then four diagonals. */
const PLACES = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const;

const ROUNDS = 12;
const BLOCK_BYTES = 128;
const WORD_BYTES = 8;

/** `digestBytes`: 1 to 64. */
export function blake2b(message: Uint8Array, digestBytes: number): Uint8Array {
  const state = BigUint64Array.from(IV);
  state[0] = at(state, 0) ^ 0x01010000n ^ BigInt(digestBytes);
  const blocks = Math.max(1, Math.ceil(message.length / BLOCK_BYTES));
  for (let index = 0; index < blocks; index += 1) {
    const end = Math.min((index + 1) * BLOCK_BYTES, message.length);
    const block = Buffer.alloc(BLOCK_BYTES);
    block.set(message.subarray(index * BLOCK_BYTES, end));
    compress(state, block, { counted: end, isLast: index === blocks - 1 });
  }
  const digest = Buffer.alloc(state.length * WORD_BYTES);
  for (const [index, word] of state.entries()) digest.writeBigUInt64LE(word, index * WORD_BYTES);
  return digest.subarray(0, digestBytes);
}

function compress(
  state: BigUint64Array,
  block: Buffer,
  { counted, isLast }: { readonly counted: number; readonly isLast: boolean },
): void {
  const v = BigUint64Array.from([...state, ...IV]);
  v[12] = at(v, 12) ^ BigInt(counted);
  if (isLast) v[14] = ~at(v, 14);
  for (let round = 0; round < ROUNDS; round += 1) {
    const order = SIGMA[round % SIGMA.length] ?? [];
    const word = (index: number): bigint => block.readBigUInt64LE((order[index] ?? 0) * WORD_BYTES);
    for (const [index, places] of PLACES.entries()) {
      mix(v, places, word(2 * index), word(2 * index + 1));
    }
  }
  for (const index of IV.keys()) state[index] = at(state, index) ^ at(v, index) ^ at(v, index + 8);
}

/** A `BigUint64Array` keeps what it is given modulo 2^64. */
function mix(
  v: BigUint64Array,
  [a, b, c, d]: readonly [number, number, number, number],
  x: bigint,
  y: bigint,
): void {
  v[a] = at(v, a) + at(v, b) + x;
  v[d] = rotateRight(at(v, d) ^ at(v, a), 32n);
  v[c] = at(v, c) + at(v, d);
  v[b] = rotateRight(at(v, b) ^ at(v, c), 24n);
  v[a] = at(v, a) + at(v, b) + y;
  v[d] = rotateRight(at(v, d) ^ at(v, a), 16n);
  v[c] = at(v, c) + at(v, d);
  v[b] = rotateRight(at(v, b) ^ at(v, c), 63n);
}

const rotateRight = (word: bigint, by: bigint): bigint => (word >> by) | (word << (64n - by));

const at = (words: BigUint64Array, index: number): bigint => words[index] ?? 0n;

/** A bundle is read as the agent reads it. That both refuse the same is shown on the whole corpus, in the test of `verify`. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { EXPANSION as AGENTS } from '../../../packages/agent/src/adapters/expansion-limits.ts';
import { END, member, tar, tarGz } from '../../../test/fixtures/hostile/raw-tar.ts';
import { sha256 } from '../../../test/fixtures/hostile/release.ts';
import { expectCode } from '../../../test/support/expect-code.ts';
import { EXPANSION, readEntries, type Packed } from '../src/bundle-entries.ts';

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
}

async function entriesOf(
  bytes: Uint8Array,
  options: Partial<Packed> = {},
): Promise<readonly string[]> {
  const found: string[] = [];
  await readEntries({ bytes: inPieces(bytes), maxBytes: 1e9, ...options }, (entry) => ({
    end: (digest) => {
      found.push(`${entry.path} ${digest}`);
    },
  }));
  return found;
}

const [A, B] = [
  member({ name: 'a', content: 'one' }),
  member({ name: 'b', content: 'x'.repeat(9999) }),
];
const FOUND = [`a ${sha256('one')}`, `b ${sha256('x'.repeat(9999))}`];

describe('readEntries', () => {
  it('reads one member of gzip, and one for each file', async () => {
    expect(await entriesOf(tarGz(A, B))).toEqual(FOUND);
    const apart = Buffer.concat([gzipSync(A), gzipSync(B), gzipSync(END)]);
    expect(await entriesOf(apart)).toEqual(FOUND);
  });

  it('reads a piece when it is told what it lacks', async () => {
    expect(await entriesOf(gzipSync(B), { end: END })).toEqual(FOUND.slice(1));
    await expectCode(entriesOf(gzipSync(B)), 'bundle-invalid');
  });

  it.each([
    ['what is no gzip', tar(A)],
    ['a gzip that breaks off', tarGz(A, B).subarray(0, -9)],
    ['zeros behind it', Buffer.concat([tarGz(A), Buffer.alloc(100)])],
    ['nothing at all', Buffer.alloc(0)],
  ])('refuses %s', async (_what, bytes) => {
    await expectCode(entriesOf(bytes), 'bundle-invalid');
  });

  it('stops where it becomes more than it may', async () => {
    await expectCode(entriesOf(tarGz(A, B), { maxBytes: 5000 }), 'too-large');
    const bomb = tarGz(member({ name: 'bomb', content: Buffer.alloc(40 * 1024 * 1024) }));
    await expectCode(entriesOf(bomb), 'too-large');
  });

  it('ends with what its visitor throws, before it reads on', async () => {
    const refusal = new Error('not this one');
    const bytes = inPieces(tarGz(A, B));
    const work = readEntries({ bytes, maxBytes: 1e9 }, () => {
      throw refusal;
    });
    const { cause } = await expectCode(work, 'bundle-invalid');
    expect(cause).toBe(refusal);
  });
});

describe('EXPANSION', () => {
  it('is the agent’s', () => {
    expect(EXPANSION).toEqual(AGENTS);
  });
});

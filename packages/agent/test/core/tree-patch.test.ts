/** What a patch says, whatever the portions in which it comes; and that none leads out of the release or its sizes. */
import { describe, expect, it } from 'vitest';
import { createPatchReader, SEGMENT_BYTES, type PatchBounds } from '../../src/core/tree-patch.ts';
import { fold, writeVarint } from '../../src/core/varint.ts';

const BOUNDS: PatchBounds = { sourceBytes: 100, sizes: [5, 0, 10, 3] };

type Part = number | string | Uint8Array;

/** Numbers as varints, texts and bytes as they are. */
function patch(...parts: readonly Part[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) => {
      if (typeof part !== 'number') return Buffer.from(part);
      const bytes: number[] = [];
      writeVarint(part, bytes);
      return Buffer.from(bytes);
    }),
  );
}

function read(bytes: Uint8Array, portion = bytes.length, bounds = BOUNDS): readonly string[] {
  const reader = createPatchReader(bounds);
  const steps: string[] = [];
  for (let at = 0; at < bytes.length; at += portion) {
    for (const step of reader.push(bytes.subarray(at, at + portion))) {
      if (step.kind === 'file') steps.push(`file ${String(step.index)}`);
      else if (step.kind === 'literal') steps.push(new TextDecoder().decode(step.bytes));
      else steps.push(`copy ${String(step.position)}+${String(step.length)}`);
    }
  }
  reader.end();
  return steps;
}

/** Files 0 and 2: `new`, then two bytes from where the copy would be; then from 40 on, over the end of a segment. */
const HONEST = Buffer.concat([
  patch(1, 2, 0, 1),
  patch(6, 4, 3, 2, fold(47), 1, 4, fold(-13), 'newx'),
  patch(3, 0, 0, 5, fold(0)),
]);

describe('a tree patch', () => {
  it.each([1, 2, 7, HONEST.length])('says the same in portions of %i bytes', (portion) => {
    expect(read(HONEST, portion)).toEqual([
      'file 0',
      'new',
      'copy 50+2',
      'file 2',
      'x',
      'copy 40+4',
      'copy 44+5',
    ]);
  });

  it('cuts what runs on from one file into the next', () => {
    const copy = patch(1, 2, 0, 1, 3, 0, 0, 15, fold(20));
    expect(read(copy)).toEqual(['file 0', 'copy 20+5', 'file 2', 'copy 25+10']);
    const literal = patch(1, 3, 0, 0, 1, 2, 8, 8, 0, 'abcdefgh');
    expect(read(literal)).toEqual(['file 0', 'abcde', 'file 1', 'file 3', 'fgh']);
  });

  it('begins empty files, the last ones too', () => {
    expect(read(patch(1, 1, 1))).toEqual(['file 1']);
    expect(read(patch(1, 2, 0, 0, 2, 5, 5, 0, 'abcde'))).toEqual(['file 0', 'abcde', 'file 1']);
  });

  it('may have segments of a megabyte', () => {
    const bounds = { sourceBytes: 0, sizes: [2 * SEGMENT_BYTES] };
    const length = patch(SEGMENT_BYTES).length + 1;
    const segment = [length, SEGMENT_BYTES, SEGMENT_BYTES, 0, new Uint8Array(SEGMENT_BYTES)];
    const steps = read(patch(1, 1, 0, ...segment, ...segment), 65_536, bounds);
    expect(steps.map((step) => step.length)).toEqual([6, SEGMENT_BYTES, SEGMENT_BYTES]);
  });
});

const ONE_FILE = [1, 1, 0];
const LONG = new Uint8Array(8).fill(0xff);

describe('a hostile patch is refused', () => {
  it.each<[string, readonly Part[]]>([
    ['of nothing', []],
    ['of another form', [2, 1, 0]],
    ['of no file', [1, 0]],
    ['of more files than there are', [1, 5]],
    ['of a file behind the last', [1, 1, 4]],
    ['of files that run beyond the last', [1, 2, 3, 0]],
    ['with a number without end', [1, 1, LONG]],
    ['that ends in the list of files', [1, 2, 0]],
    ['that ends before a segment', ONE_FILE],
    ['that ends in a segment', [...ONE_FILE, 2, 5, 5, 0, 'abc']],
    ['that ends in a file', [...ONE_FILE, 2, 3, 3, 0, 'abc']],
    ['that goes on', [...ONE_FILE, 2, 5, 5, 0, 'abcde', 0]],
    ['with more than its files have', [...ONE_FILE, 2, 6, 6, 0, 'abcdef']],
    ['with a segment of no instruction', [...ONE_FILE, 0, 5, 'abcde']],
    ['with a segment that is too long', [...ONE_FILE, SEGMENT_BYTES + 1, 0]],
    ['with too many literals', [...ONE_FILE, 2, SEGMENT_BYTES + 1]],
    ['with a length without end', [...ONE_FILE, LONG]],
    ['with an instruction to do nothing', [...ONE_FILE, 2, 5, 0, 0, 'abcde']],
    ['with an instruction that is cut', [...ONE_FILE, 1, 5, 5, 'abcde']],
    ['with a copy without a place', [...ONE_FILE, 2, 0, 0, 5]],
    ['with an instruction without end', [...ONE_FILE, 8, 0, LONG]],
    ['with more literals than it brings', [...ONE_FILE, 2, 4, 5, 0, 'abcd']],
    ['with literals that nothing takes', [...ONE_FILE, 3, 3, 0, 5, fold(0), 'abc']],
    ['with a copy from before the first byte', [...ONE_FILE, 3, 0, 0, 5, fold(-1)]],
    ['with a copy over the end of the source', [...ONE_FILE, 3, 0, 0, 5, fold(96)]],
    ['with a copy from far behind', [...ONE_FILE, 9, 0, 0, 5, fold(2 ** 47)]],
    ['with a copy of more than a segment', [...ONE_FILE, 9, 0, 0, 2 ** 45, fold(0)]],
  ])('%s', (_what, parts) => {
    expect(() => read(patch(...parts))).toThrow(
      expect.objectContaining({ code: 'bundle-invalid' }),
    );
    expect(() => read(patch(...parts), 1)).toThrow(
      expect.objectContaining({ code: 'bundle-invalid' }),
    );
  });
});

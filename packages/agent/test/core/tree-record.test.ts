/** The list of what a release tree consists of: what was written is read, and what is not such a list is damaged. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { encodeTreeRecord, parseTreeRecord, type TreeRecord } from '../../src/core/tree-record.ts';
import { aSha256, aVersion, toBytes } from '../support/a-manifest.ts';

const TREE: TreeRecord = {
  format: 1,
  version: aVersion('1.4.0'),
  files: [
    { path: 'pikit-web/index.html', sha256: aSha256('a'), mode: 0o644, size: 12 },
    { path: 'pikit-web/"quoted"\n🙂', sha256: aSha256('b'), mode: 0o755, size: 0 },
  ],
};

const encode = (tree: TreeRecord): Uint8Array => new TextEncoder().encode(encodeTreeRecord(tree));

describe('encodeTreeRecord', () => {
  it.each([
    ['a release', TREE],
    ['adopted files', { ...TREE, version: 'preexisting' as const }],
    ['an empty tree', { ...TREE, files: [] }],
    ['a tree with links', { ...TREE, links: [{ path: 'l', to: '../"a"' }] }],
    ['a set-uid file', { ...TREE, files: TREE.files.map((file) => ({ ...file, mode: 0o6755 })) }],
  ])('writes what parseTreeRecord reads: %s', (_what, tree) => {
    expect(parseTreeRecord(encode(tree))).toEqual(tree);
  });

  it('gives each file a line of its own', () => {
    const lines = encodeTreeRecord(TREE).trimEnd().split('\n');
    expect(lines).toHaveLength(TREE.files.length + 2);
    expect(lines[1]).toContain('pikit-web/index.html');
  });
});

describe('encodeTreeRecord, for an earlier agent', () => {
  it('keeps the mode within nine bits, and links in a member that it leaves out', () => {
    const [file] = TREE.files;
    const files = file === undefined ? [] : [{ ...file, mode: 0o4755 }];
    const written: unknown = JSON.parse(
      encodeTreeRecord({ ...TREE, files, links: [{ path: 'l', to: 'a' }] }),
    );
    expect(written).toMatchObject({
      files: [{ mode: 0o755, special: 0o4000 }],
      links: [{ path: 'l', to: 'a' }],
    });
  });
});

describe('parseTreeRecord', () => {
  it('leaves out what a later agent adds', () => {
    const later = {
      ...TREE,
      files: TREE.files.map((file) => ({ ...file, ctimeNs: '1' })),
      more: 1,
    };
    expect(parseTreeRecord(toBytes(later))).toEqual(TREE);
  });

  it('recognises every way of being cut short', async () => {
    const whole = encode(TREE);
    // The last byte is the line break, which carries nothing.
    for (let length = 0; length < whole.length - 1; length += 1) {
      await expectCode(() => parseTreeRecord(whole.subarray(0, length)), 'state-damaged');
    }
  });

  it.each([
    ['another format', { ...TREE, format: 2 }],
    ['no format', { version: TREE.version, files: [] }],
    ['no version', { format: 1, files: [] }],
    ['a version that is none', { ...TREE, version: 'latest' }],
    ['links that are none', { ...TREE, links: ['l'] }],
    ['a mode with set-uid', { ...TREE, files: [{ ...TREE.files[0], mode: 0o4755 }] }],
    ['a size below zero', { ...TREE, files: [{ ...TREE.files[0], size: -1 }] }],
    ['a short digest', { ...TREE, files: [{ ...TREE.files[0], sha256: 'abc' }] }],
    ['a list for a record', []],
    ['null', null],
  ])('refuses %s', async (_what, document) => {
    const error = await expectCode(() => parseTreeRecord(toBytes(document)), 'state-damaged');
    expect(error.cause).toBeDefined();
  });
});

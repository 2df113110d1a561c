/** The record of edited configuration files: made once a transaction, completed when it was cut off, never believed when torn. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EDITS_FILE, newPath } from '../../src/core/layout.ts';
import type { TreeFile } from '../../src/core/tree-record.ts';
import { contentAt, noteEdits, openEdits } from '../../src/steps/config-edits.ts';
import { loseSectorOf } from '../support/bad-sector.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

const AT = '/etc/app/settings';

let bench: Workbench;
let context: ReturnType<Workbench['context']>;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.publish(aRelease('1.1.0'));
  context = bench.context(await bench.begin('1.1.0'));
});
afterEach(() => bench.close());

async function shipping(content: string): Promise<ReadonlyMap<string, TreeFile>> {
  await bench.put('/tmp/shipped', content);
  const { sha256, size } = await bench.disk.hash('/tmp/shipped');
  return new Map([[AT, { path: 'etc/settings', sha256, size, mode: 0o644 }]]);
}

/** From a release that brings `a` to one that brings `b`. */
async function note(): Promise<readonly string[]> {
  const [base, coming] = [await shipping('a'), await shipping('b')];
  const known = new Map();
  return [...(await noteEdits(context, { base, coming, leaving: base, known })).keys()];
}

describe('noteEdits', () => {
  it('names what differs from what a release brought, and remembers it', async () => {
    await bench.put(AT, 'mine');
    expect(await note()).toEqual([AT]);
    await bench.put(AT, 'a');
    expect(await note()).toEqual([AT]);
  });

  it('takes what it has placed itself for untouched, and what was edited meanwhile not', async () => {
    await bench.put(AT, 'a');
    expect(await note()).toEqual([]);
    await bench.put(AT, 'b');
    expect(await note()).toEqual([]);
    await bench.put(AT, 'mine');
    expect(await note()).toEqual([AT]);
    await bench.put(newPath(AT), 'b');
    expect(await openEdits(bench.disk)).toEqual([AT]);
  });

  it('writes nothing on a device without configuration files', async () => {
    const none = new Map<string, TreeFile>();
    await noteEdits(context, { base: none, coming: none, leaving: none, known: new Map() });
    expect(await bench.see(EDITS_FILE)).toBeUndefined();
  });

  it('keeps a torn record aside and begins a new one', async () => {
    await bench.put(EDITS_FILE, '{"format":1,');
    await bench.put(AT, 'mine');
    expect(await openEdits(bench.disk)).toEqual([]);
    expect(await note()).toEqual([AT]);
    expect(await bench.see(`${EDITS_FILE}.damaged`)).toBe('{"format":1,');
    expect(bench.log.lines.join('\n')).toContain(`kept as ${EDITS_FILE}.damaged`);
  });
});

it('goes on without a record that the medium has lost', async () => {
  await bench.put(EDITS_FILE, 'on a bad sector');
  await loseSectorOf(bench.disk, EDITS_FILE);
  await bench.put(AT, 'mine');
  expect(await note()).toEqual([AT]);
  expect(await bench.see(`${EDITS_FILE}.damaged`)).toBe('on a bad sector');
});

describe('openEdits', () => {
  it('are those with a new version beside them that says something else', async () => {
    await bench.put(AT, 'mine');
    await note();
    expect(await openEdits(bench.disk)).toEqual([]);
    await bench.put(newPath(AT), 'news');
    expect(await openEdits(bench.disk)).toEqual([AT]);
    await bench.put(AT, 'news');
    expect(await openEdits(bench.disk)).toEqual([]);
  });
});

describe('contentAt', () => {
  it('tells a file from nothing and from what is no file', async () => {
    await bench.put(AT, 'a');
    expect(await contentAt(bench.disk, AT)).toBe((await bench.disk.hash(AT)).sha256);
    expect(await contentAt(bench.disk, '/etc/none')).toBeNull();
    expect(await contentAt(bench.disk, '/etc/app')).toBe('foreign');
  });

  it('sees nothing in a directory that another release has there', async () => {
    await bench.put(AT, 'a');
    const known = new Map([[AT, new Set([(await bench.disk.hash(AT)).sha256])]]);
    expect(await contentAt(bench.disk, '/etc/app', known)).toBeNull();
    await bench.put(`${AT}.mine`, 'mine');
    expect(await contentAt(bench.disk, '/etc/app', known)).toBe('foreign');
  });
});

/** Linking what the device has: only with equal content and mode, and never on the word of a record alone. */
import { Sha256Schema } from '@pikit/protocol';
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf, isWhole, libraryOf, linkInstalled } from '../../src/steps/stage-local.ts';
import { currentTree, readAllTrees } from '../../src/steps/trees.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.publish(aRelease('1.1.0'));
  await bench.apply('1.1.0');
});
afterEach(() => bench.close());

const sha = (text: string) =>
  v.parse(Sha256Schema, createHash('sha256').update(text).digest('hex'));
const LOGO = { sha256: sha('<svg/>'), mode: 0o644 };
const NEW_PATH = '/var/lib/pikit/staging/2.0.0/logo.svg';
const library = async () => libraryOf(await readAllTrees(bench.disk));
const installed = async () =>
  `/var/lib/pikit/releases/${(await currentTree(bench.disk))?.name ?? ''}/pikit-web/assets/logo.svg`;

describe('linkInstalled', () => {
  it('links an installed file under another name', async () => {
    expect(await linkInstalled(bench.disk, await library(), LOGO, NEW_PATH)).toBe(true);
    expect((await stat(bench.host(NEW_PATH))).nlink).toBe(2);
  });

  it.each([
    ['another mode', { ...LOGO, mode: 0o755 }],
    ['other content', { ...LOGO, sha256: sha('unknown') }],
  ])('refuses %s', async (_what, wanted) => {
    expect(await linkInstalled(bench.disk, await library(), wanted, NEW_PATH)).toBe(false);
  });

  it('never links a file that was changed since it was installed', async () => {
    await bench.put(await installed(), '<svg/!');
    expect(await linkInstalled(bench.disk, await library(), LOGO, NEW_PATH)).toBe(false);
  });
});

describe('isWhole', () => {
  it('tells a whole file from a torn, a missing and a linked one', async () => {
    const path = await installed();
    expect(await isWhole(bench.disk, path, LOGO)).toBe(true);
    expect(await isWhole(bench.disk, `${path}.gone`, LOGO)).toBe(false);
    expect(await isWhole(bench.disk, '/var/lib/pikit/current', LOGO)).toBe(false);
    await bench.put(path, '<sv');
    expect(await isWhole(bench.disk, path, LOGO)).toBe(false);
  });
});

describe('digestOf', () => {
  it('is unknown of what cannot be read, which is then not whole', async () => {
    const path = await installed();
    expect(await digestOf(bench.disk, path)).toBe(LOGO.sha256);
    expect(await digestOf(bench.disk, `${path}.gone`)).toBeUndefined();
    const unreadable = { ...bench.disk, hash: async () => bench.disk.hash('/nowhere') };
    expect(await isWhole(unreadable, path, LOGO)).toBe(false);
  });
});

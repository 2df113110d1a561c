/** What is known to be unchanged is not read, and whatever was touched is. */
import { chmod, readFile, utimes, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FINGERPRINTS_FILE } from '../../src/core/layout.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

const SCRIPT = '/var/lib/pikit/current/pikit-api.py';
const UNCHANGED = [
  'pikit-web/index.html',
  'pikit-web/assets/logo.svg',
  'pikit-api.py',
  'bin/pikit-helper',
];

let bench: Workbench;
/** Paths in an installed tree that were hashed. */
let hashed: string[];
beforeEach(async () => {
  bench = await createWorkbench();
  await publish('1.1.0');
  await bench.apply('1.1.0');
  hashed = [];
  const honest = { ...bench.disk };
  const hash: typeof honest.hash = async (path) => {
    const [, inTree] = /^\/var\/lib\/pikit\/releases\/[^/]+\/(?!\.pikit)(.*)$/.exec(path) ?? [];
    if (inTree !== undefined) hashed.push(inTree);
    return honest.hash(path);
  };
  Object.assign(bench.disk, { hash });
});
afterEach(() => bench.close());

/** Each the same but for the entry of cron. */
async function publish(version: string): Promise<void> {
  const files = { ...aRelease('1.0.0').files, 'cron/pikit': `# ${version}\n` };
  await bench.publish({ version, files, form: 'seekable' });
}

async function update(version: string): Promise<readonly string[]> {
  await publish(version);
  expect(await bench.apply(version)).toMatchObject({ outcome: 'committed' });
  expect(await bench.see(SCRIPT)).toBe('print("1.0.0")');
  return hashed.splice(0).toSorted();
}

const script = (): string => bench.host(SCRIPT);

describe('the files of the release that runs', () => {
  it('are not read for the next one, nor for the one after', async () => {
    expect(await update('1.2.0')).toEqual([]);
    expect(await update('1.3.0')).toEqual([]);
  });

  it.each([
    ['written anew with the same content', async () => writeFile(script(), 'print("1.0.0")')],
    ['given another time', async () => utimes(script(), 1, 1)],
    [
      'given another mode and their own again',
      async () => {
        await chmod(script(), 0o700);
        await chmod(script(), 0o755);
      },
    ],
  ])('are read when they were %s', async (_what, touch) => {
    await touch();
    expect(await update('1.2.0')).toEqual(['pikit-api.py']);
    expect(await update('1.3.0')).toEqual([]);
  });

  it('are fetched when their content is another', async () => {
    await writeFile(script(), 'print("bad!!")');
    expect(new Set(await update('1.2.0'))).toEqual(new Set(['pikit-api.py']));
  });

  it('are fetched when something wrote into them before their update had ended', async () => {
    const honest = { ...bench.prober };
    Object.assign(bench.prober, { probe: async () => writeFile(script(), 'print("bad!!")') });
    await publish('1.2.0');
    expect(await bench.apply('1.2.0')).toMatchObject({ outcome: 'committed' });
    Object.assign(bench.prober, honest);
    hashed.splice(0);
    expect(new Set(await update('1.3.0'))).toEqual(new Set(['pikit-api.py']));
    expect(await update('1.4.0')).toEqual([]);
  });

  it.each([
    ['is gone', async () => bench.disk.remove(FINGERPRINTS_FILE)],
    ['is torn', async () => bench.put(FINGERPRINTS_FILE, 'half')],
    ['is monstrous', async () => bench.put(FINGERPRINTS_FILE, 'x'.repeat(2 * 1024 * 1024))],
  ])('are read when the record %s', async (_what, damage) => {
    await damage();
    expect(await update('1.2.0')).toEqual([...UNCHANGED].toSorted());
    expect(await update('1.3.0')).toEqual([]);
  });

  it('are read again after an update that failed, whose links have come and gone', async () => {
    await publish('1.2.0');
    bench.prober.refuses.add('1.2.0');
    expect(await bench.apply('1.2.0')).toMatchObject({ outcome: 'rolled-back' });
    hashed.splice(0);
    expect((await update('1.3.0')).length).toBeGreaterThan(0);
  });

  it('get no marks from a roll-back, which reads none of them', async () => {
    await update('1.2.0');
    const before = await readFile(bench.host(FINGERPRINTS_FILE), 'utf8');
    await bench.rollback();
    expect(await readFile(bench.host(FINGERPRINTS_FILE), 'utf8')).toBe(before);
  });

  it('are all read for a repair', async () => {
    await writeFile(script(), 'print("bad!!")');
    expect(await bench.repair()).toMatchObject({ outcome: 'committed' });
    expect(new Set(hashed)).toEqual(new Set([...UNCHANGED, 'cron/pikit']));
  });
});

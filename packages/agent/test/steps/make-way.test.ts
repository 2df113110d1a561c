/** Names that are in the way: ours go, the owner's are kept aside and come back when the update is undone. */
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { directoriesAbove, keep, restoreKept } from '../../src/steps/make-way.ts';
import { createWorkbench, TARGETS, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
});
afterEach(() => bench.close());

const BIN = '/usr/local/bin';

async function install(version: string, files: Readonly<Record<string, string>>) {
  await bench.publish({ version, files: { 'pikit-web/index.html': version, ...files } });
  return bench.apply(version);
}

async function linkTo(target: string, path: string): Promise<void> {
  await mkdir(dirname(bench.host(path)), { recursive: true });
  await symlink(bench.host(target), bench.host(path));
}

/** Each file below a directory of the device, with its content. */
async function below(path: string): Promise<Readonly<Record<string, string>>> {
  const directory = bench.host(path);
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  const read = files.map(async ({ parentPath, name }) => {
    const file = join(parentPath, name);
    return [relative(directory, file), await readFile(file, 'utf8')] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

describe('makeWay', () => {
  it('turns a file of ours into a directory of ours, and back when that fails', async () => {
    await install('1.1.0', { 'bin/tool': 'a file' });
    expect(await install('1.2.0', { 'bin/tool/x': 'in a directory' })).toMatchObject({
      outcome: 'committed',
    });
    expect(await bench.see(`${BIN}/tool/x`)).toBe('in a directory');
    bench.prober.refuses.add('1.3.0');
    expect(await install('1.3.0', { 'bin/tool': 'a file again' })).toMatchObject({
      outcome: 'rolled-back',
    });
    expect(await bench.see(`${BIN}/tool/x`)).toBe('in a directory');
  });

  it('never writes through a directory link of the owner', async () => {
    await bench.put('/opt/tool/run.sh', 'the owner’s');
    await linkTo('/opt/tool', `${BIN}/tool`);
    bench.prober.refuses.add('1.1.0');
    expect(await install('1.1.0', { 'bin/tool/run.sh': 'ours' })).toMatchObject({
      outcome: 'rolled-back',
    });
    expect(await bench.see('/opt/tool/run.sh')).toBe('the owner’s');
    expect(await bench.see(`${BIN}/tool/run.sh`)).toBe('the owner’s');
    expect(await readdir(bench.host(BIN))).toEqual(['tool']);
  });

  it('brings a file of the owner back to its place when the update is undone', async () => {
    await install('1.1.0', { 'bin/other': 'x' });
    await bench.put(`${BIN}/backup.sh`, 'the owner’s');
    bench.prober.refuses.add('1.2.0');
    await install('1.2.0', { 'bin/backup.sh': 'ours' });
    expect(await bench.see(`${BIN}/backup.sh`)).toBe('the owner’s');
    expect(await readdir(bench.host(BIN))).toEqual(['backup.sh', 'other']);
  });

  it('keeps it aside when the update is good', async () => {
    await install('1.1.0', { 'bin/other': 'x' });
    await bench.put(`${BIN}/backup.sh`, 'the owner’s');
    expect(await install('1.2.0', { 'bin/backup.sh': 'ours' })).toMatchObject({
      outcome: 'committed',
    });
    expect(await bench.see(`${BIN}/backup.sh`)).toBe('ours');
    const kept = (await readdir(bench.host(BIN))).find((name) => name.includes('pikit-kept'));
    expect(await bench.see(`${BIN}/${kept ?? ''}`)).toBe('the owner’s');
  });

  it.each([
    ['a dangling link', async () => linkTo('/nowhere', '/var/www/pikit-web')],
    ['a file', async () => bench.put('/var/www/pikit-web', 'a file')],
    ['an empty directory', async () => bench.disk.makeDirectory('/var/www/pikit-web')],
  ])('installs where %s stands in the place of a directory', async (_what, lay) => {
    await lay();
    expect(await install('1.1.0', {})).toMatchObject({ outcome: 'committed' });
    expect(await bench.see('/var/www/pikit-web/index.html')).toBe('1.1.0');
  });
});

const CRON = '/etc/cron.d';

describe('makeWay for a copy', () => {
  it.each([
    ['a file', { 'cron/job': 'old' }, { 'cron/job/x': 'new' }, { job: 'old' }, { 'job/x': 'new' }],
    [
      'a directory',
      { 'cron/job/x': 'old' },
      { 'cron/job': 'new' },
      { 'job/x': 'old' },
      { job: 'new' },
    ],
  ])('turns %s of ours into the other, and back', async (_what, first, second, old, young) => {
    await install('1.1.0', first);
    bench.prober.refuses.add('1.2.0');
    expect(await install('1.2.0', second)).toMatchObject({ outcome: 'rolled-back' });
    expect(await below(CRON)).toEqual(old);
    bench.prober.refuses.clear();
    expect(await bench.apply('1.2.0')).toMatchObject({ outcome: 'committed' });
    expect(await below(CRON)).toEqual(young);
    expect(await bench.rollback()).toMatchObject({ outcome: 'committed' });
    expect(await below(CRON)).toEqual(old);
  });

  it.each([
    ['new', {}, 'the owner’s'],
    ['there already', { 'cron/tool/run.sh': 'old' }, 'old'],
  ])('never writes one that is %s through a directory link', async (_what, first, content) => {
    await install('1.1.0', { 'cron/other': 'x', ...first });
    await bench.disk.remove(`${CRON}/tool`);
    await bench.put('/opt/tool/run.sh', content);
    await linkTo('/opt/tool', `${CRON}/tool`);
    expect(await install('1.2.0', { 'cron/tool/run.sh': 'ours' })).toMatchObject({
      outcome: 'committed',
    });
    expect(await bench.see('/opt/tool/run.sh')).toBe(content);
    expect(await readdir(bench.host('/opt/tool'))).toEqual(['run.sh']);
    expect(await bench.see(`${CRON}/tool/run.sh`)).toBe('ours');
  });

  it('keeps an edited one aside', async () => {
    await install('1.1.0', { 'cron/job': 'old' });
    await bench.put(`${CRON}/job`, 'edited');
    expect(await install('1.2.0', { 'cron/job/x': 'new' })).toMatchObject({ outcome: 'committed' });
    expect(Object.values(await below(CRON)).toSorted()).toEqual(['edited', 'new']);
  });

  it.each([
    ['copies', CRON, { 'cron/job/x': 'old' }, { 'cron/job': 'new' }],
    ['links', BIN, { 'bin/job/x': 'old' }, { 'bin/job': 'new' }],
  ])(
    'brings a directory of %s back with what is the owner’s in it',
    async (_what, place, first, second) => {
      await install('1.1.0', first);
      await bench.put(`${place}/job/mine`, 'mine');
      bench.prober.refuses.add('1.2.0');
      expect(await install('1.2.0', second)).toMatchObject({ outcome: 'rolled-back' });
      expect(await below(place)).toEqual({ 'job/x': 'old', 'job/mine': 'mine' });
    },
  );
});

describe('makeWay at a first install', () => {
  it.each([
    ['a file', 'a copy', CRON, 'job', { 'cron/job/x': 'new' }],
    ['a file', 'a link', BIN, 'job', { 'bin/job/x': 'new' }],
    ['a directory', 'a copy', CRON, 'job/x', { 'cron/job': 'new' }],
    ['a directory', 'a link', BIN, 'job/x', { 'bin/job': 'new' }],
  ])(
    'brings %s back with the old dashboard that %s stood in the place of',
    async (_what, _which, place, old, files) => {
      await bench.put(`${place}/${old}`, 'old');
      const before = await below(place);
      expect(await install('1.1.0', files)).toMatchObject({ outcome: 'committed' });
      expect(Object.values(await below(place))).toEqual(['new']);
      expect(await bench.rollback()).toMatchObject({ outcome: 'committed' });
      expect(await below(place)).toEqual(before);
      bench.prober.refuses.add('1.2.0');
      expect(await install('1.2.0', files)).toMatchObject({ outcome: 'rolled-back' });
      expect(await below(place)).toEqual(before);
    },
  );
});

describe('keep', () => {
  it('takes the place of nothing that it has kept before, and brings back what stood there first', async () => {
    await bench.publish({ version: '1.1.0', files: { 'pikit-web/index.html': '' } });
    const context = bench.context(await bench.begin('1.1.0'));
    for (const content of ['first', 'second']) {
      await bench.put(`${CRON}/job`, content);
      await keep(context, `${CRON}/job`);
    }
    expect(Object.values(await below(CRON)).toSorted()).toEqual(['first', 'second']);
    await restoreKept(context, `${CRON}/job`);
    expect(await bench.see(`${CRON}/job`)).toBe('first');
  });
});

describe('directoriesAbove', () => {
  const [web, , bin] = TARGETS;
  it('of a merge target are its own and those below it', () => {
    if (bin === undefined || web === undefined) throw new Error('no such target');
    expect(directoriesAbove(`${BIN}/a/b/c`, bin)).toEqual([BIN, `${BIN}/a`, `${BIN}/a/b`]);
    expect(directoriesAbove(`${BIN}/c`, bin)).toEqual([BIN]);
    expect(directoriesAbove('/var/www/pikit-web', web)).toEqual([]);
  });
});

/**
 * What becomes of a configuration file that the owner has touched or not, on the way to a release, after a release that
 * does not answer, and on the way back.
 */
import { chmod, chown, lstat, readdir, rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Target } from '../../src/core/activation-plan.ts';
import { steps } from '../../src/steps/all.ts';
import type { Step } from '../../src/steps/context.ts';
import { loseSectorOf } from '../support/bad-sector.ts';
import { createWorkbench, TARGETS, type Workbench } from '../support/workbench.ts';

const AT = '/etc/app/settings';
const BESIDE = `${AT}.pikit-new`;
const ETC = { from: 'etc', to: '/etc/app', kind: 'merge', copy: true, config: true } as const;

const twice =
  (step: Step): Step =>
  async (context, signal) => {
    await step(context, signal);
    await step(context, signal);
  };
const TWICE = {
  ...steps,
  activating: twice(steps.activating),
  'rolling-back': twice(steps['rolling-back']),
};

let bench: Workbench;
const open = async (table: typeof steps | typeof TWICE = steps) => {
  bench = await createWorkbench({ targets: [...TARGETS, ETC] }, table);
};
afterEach(() => bench.close());

/** Undefined: this release has no such file. */
async function publish(version: string, settings: string | undefined): Promise<void> {
  const more = settings === undefined ? {} : { 'etc/settings': settings };
  await bench.publish({ version, files: { 'pikit-web/index.html': version, ...more } });
}

async function apply(version: string): Promise<string | undefined> {
  return (await bench.apply(version))?.outcome;
}

/** What stands there, what lies beside it, and whether the owner is told. */
async function look() {
  const { edited } = await bench.board.snapshot();
  return { file: await bench.see(AT), beside: await bench.see(BESIDE), edited };
}
const untold = (file: string | undefined) => ({ file, beside: undefined, edited: [] });
const told = (file: string | undefined, beside: string) => ({ file, beside, edited: [AT] });

/** A release's files of `etc`, as they stand on the device. */
const placed = (files: Readonly<Record<string, string>>) =>
  Object.entries(files).map(([path, content]) => [path.replace('etc/', '/etc/app/'), content]);

async function standing() {
  const names = await readdir(bench.host('/etc/app'), { recursive: true });
  const files = names.map((name) => `/etc/app/${name}`);
  const kinds = await Promise.all(files.map((path) => bench.disk.kindBehind(path)));
  const found = files.filter((_path, index) => kinds[index] === 'file');
  return Promise.all(found.map(async (path) => [path, await bench.see(path)]));
}

describe('an update and its undoing, with each step run twice', () => {
  beforeEach(() => open(TWICE));

  it.each([
    // first release, what the owner makes of it (null: deletes it), second release, afterwards
    ['an untouched file follows', 'a', 'a', 'b', untold('b')],
    ['an edit stays, and the new one lies beside', 'a', 'mine', 'b', told('mine', 'b')],
    ['an edit stays where the release changes nothing', 'a', 'mine', 'a', untold('mine')],
    ['an edit to what is coming needs no word', 'a', 'b', 'b', untold('b')],
    ['a deleted file stays so', 'a', null, 'a', untold(undefined)],
    ['a deleted file stays so, and the new one lies there', 'a', null, 'b', told(undefined, 'b')],
    ['an untouched file goes when it is dropped', 'a', 'a', undefined, untold(undefined)],
    ['an edited file stays when it is dropped', 'a', 'mine', undefined, untold('mine')],
    ['a new file comes', undefined, null, 'b', untold('b')],
    ['a new file does not replace what is there', undefined, 'mine', 'b', told('mine', 'b')],
  ] as const)('%s', async (_what, first, owner, second, afterwards) => {
    await publish('1.1.0', first);
    await publish('1.2.0', second);
    await apply('1.1.0');
    if (owner === null) await rm(bench.host('/etc/app'), { recursive: true, force: true });
    else if (owner !== first) await bench.put(AT, owner);
    const before = untold(owner ?? undefined);

    bench.prober.refuses.add('1.2.0');
    expect([await apply('1.2.0'), await look()]).toEqual(['rolled-back', before]);
    bench.prober.refuses.delete('1.2.0');
    expect([await apply('1.2.0'), await look()]).toEqual(['committed', afterwards]);
    await bench.rollback();
    // What the owner had already made equal to the release is the release's by now.
    const isOwn = owner !== second || owner === first;
    expect(await look()).toEqual(isOwn ? before : untold(first));
    await bench.rollback();
    expect(await look()).toEqual(afterwards);
  });

  it.each([
    ['a file', { 'etc/app.d': 'old' }, { 'etc/app.d/main': 'new' }],
    ['a directory', { 'etc/app.d/main': 'old' }, { 'etc/app.d': 'new' }],
  ])('%s becomes the other where nobody has touched it', async (_what, first, second) => {
    const web = { 'pikit-web/index.html': '' };
    await bench.publish({ version: '1.1.0', files: { ...web, ...first } });
    await bench.publish({ version: '1.2.0', files: { ...web, ...second } });
    await apply('1.1.0');
    const [old, young] = [placed(first), placed(second)];
    expect(await standing()).toEqual(old);
    bench.prober.refuses.add('1.2.0');
    expect([await apply('1.2.0'), await standing()]).toEqual(['rolled-back', old]);
    bench.prober.refuses.delete('1.2.0');
    expect([await apply('1.2.0'), await standing()]).toEqual(['committed', young]);
    await bench.rollback();
    expect(await standing()).toEqual(old);
  });

  it.each([
    ['the owner’s stays', 'mine', told('mine', 'b')],
    ['and the same is no news', 'b', untold('b')],
  ])('in a first install %s', async (_what, standing, afterwards) => {
    await bench.put('/var/www/pikit-web/index.html', 'old page');
    await bench.put(AT, standing);
    await publish('1.1.0', 'b');
    bench.prober.refuses.add('1.1.0');
    expect([await apply('1.1.0'), await look()]).toEqual(['rolled-back', untold(standing)]);
    bench.prober.refuses.delete('1.1.0');
    expect([await apply('1.1.0'), await look()]).toEqual(['committed', afterwards]);
    await bench.rollback();
    expect(await look()).toEqual(untold(standing));
  });
});

describe('an edit that is still open', () => {
  beforeEach(async () => {
    await open();
    await publish('1.1.0', 'a');
    await publish('1.2.0', 'b');
    await publish('1.3.0', 'c');
    await apply('1.1.0');
    await bench.put(AT, 'mine');
    await apply('1.2.0');
    expect(await look()).toEqual(told('mine', 'b'));
  });

  it('stays open over later releases, each way, with the one that runs beside it', async () => {
    bench.prober.refuses.add('1.3.0');
    expect([await apply('1.3.0'), await look()]).toEqual(['rolled-back', told('mine', 'b')]);
    bench.prober.refuses.delete('1.3.0');
    expect([await apply('1.3.0'), await look()]).toEqual(['committed', told('mine', 'c')]);
    await bench.rollback();
    expect(await look()).toEqual(told('mine', 'b'));
    await publish('1.4.0', 'b');
    expect([await apply('1.4.0'), await look()]).toEqual(['committed', told('mine', 'b')]);
    await publish('1.5.0', 'a');
    expect([await apply('1.5.0'), await look()]).toEqual(['committed', untold('mine')]);
  });

  it('is settled by deleting the new one, and does not come up again', async () => {
    await rm(bench.host(BESIDE));
    expect(await look()).toEqual(untold('mine'));
    await publish('1.4.0', 'b');
    expect([await apply('1.4.0'), await look()]).toEqual(['committed', untold('mine')]);
  });

  it('is settled by copying the new one over it, which then follows again', async () => {
    await bench.put(AT, 'b');
    expect((await look()).edited).toEqual([]);
    expect([await apply('1.3.0'), await look()]).toEqual(['committed', untold('c')]);
  });

  it('once merged has news on the way back, and none on the way forth', async () => {
    await bench.put(AT, 'mine and b');
    await rm(bench.host(BESIDE));
    await bench.rollback();
    expect(await look()).toEqual(told('mine and b', 'a'));
    await bench.rollback();
    expect(await look()).toEqual(untold('mine and b'));
  });

  it('half merged is kept when a later release needs its name', async () => {
    await bench.put(BESIDE, 'half');
    await apply('1.3.0');
    expect(await look()).toEqual(told('mine', 'c'));
    const names = await readdir(bench.host('/etc/app'));
    const kept = names.find((name) => name.includes('.pikit-kept-')) ?? '';
    expect(await bench.see(`/etc/app/${kept}`)).toBe('half');
  });
});

const secretAndTool = (content: string, mode: string) => ({
  'pikit-web/index.html': content,
  'etc/secret': content,
  'etc/tool': { content: 'tool', mode },
});

/** With the targets of its next life. */
async function later(targets: readonly Target[], version: string): Promise<void> {
  const { updater } = bench.restart({ ...bench.policy, targets });
  await updater.apply(await bench.wanted(version), 'admin');
  expect(await updater.settled()).toMatchObject({ outcome: 'committed' });
}

describe('a target that is new on a device whose release had the files already', () => {
  it.each([
    ['brings them, changed or not', TARGETS, 'a'],
    ['that was moved brings them to the new place', [...TARGETS, { ...ETC, to: '/opt/app' }], 'b'],
  ])('%s', async (_what, before, content) => {
    await open(TWICE);
    await publish('1.1.0', 'a');
    await publish('1.2.0', content);
    await publish('1.3.0', 'c');
    await later(before, '1.1.0');
    await later([...TARGETS, ETC], '1.2.0');
    expect(await look()).toEqual(untold(content));
    await rm(bench.host(AT));
    await later([...TARGETS, ETC], '1.3.0');
    expect(await look()).toEqual(told(undefined, 'c'));
  });
});

describe('placeConfigs', () => {
  beforeEach(() => open());

  it('keeps a mode that the owner has set, and else takes the release’s', async () => {
    await bench.publish({ version: '1.1.0', files: secretAndTool('a', '644') });
    await bench.publish({ version: '1.2.0', files: secretAndTool('b', '755') });
    await apply('1.1.0');
    await rm(bench.host('/etc/app/secret'));
    await bench.put('/etc/app/secret', 'a', 0o600);
    await apply('1.2.0');
    const modeOf = async (path: string) => (await lstat(bench.host(path))).mode & 0o777;
    expect(await bench.see('/etc/app/secret')).toBe('b');
    expect(await modeOf('/etc/app/secret')).toBe(0o600);
    expect(await modeOf('/etc/app/tool')).toBe(0o755);
    await bench.rollback();
    expect(await modeOf('/etc/app/secret')).toBe(0o600);
    expect(await modeOf('/etc/app/tool')).toBe(0o644);
  });

  it.runIf(process.getuid?.() === 0)('keeps whom a file belongs to', async () => {
    await publish('1.1.0', 'a');
    await publish('1.2.0', 'b');
    await apply('1.1.0');
    await chown(bench.host(AT), 65_534, 33);
    await chmod(bench.host(AT), 0o640);
    await apply('1.2.0');
    expect(await bench.see(AT)).toBe('b');
    expect(await lstat(bench.host(AT))).toMatchObject({ uid: 65_534, gid: 33, mode: 0o100640 });
  });

  it('takes a file that cannot be read for the owner’s', async () => {
    await publish('1.1.0', 'a');
    await publish('1.2.0', 'b');
    await apply('1.1.0');
    await loseSectorOf(bench.disk, AT);
    expect([await apply('1.2.0'), await look()]).toEqual(['committed', told('a', 'b')]);
  });

  it('takes the place of a link of ours, where the target was none of these before', async () => {
    await publish('1.1.0', 'a');
    await publish('1.2.0', 'b');
    await apply('1.1.0');
    await rm(bench.host(AT));
    await bench.disk.pointSymlink(AT, '/var/lib/pikit/current/etc/settings');
    await apply('1.2.0');
    expect(await look()).toEqual(untold('b'));
    expect((await lstat(bench.host(AT))).isFile()).toBe(true);
  });

  it('leaves a link of the owner as it is', async () => {
    await publish('1.1.0', 'a');
    await publish('1.2.0', 'b');
    await apply('1.1.0');
    await bench.put('/srv/settings', 'mine');
    await bench.disk.pointSymlink(AT, '/srv/settings');
    await apply('1.2.0');
    expect(await look()).toEqual(told('mine', 'b'));
    expect((await lstat(bench.host(AT))).isSymbolicLink()).toBe(true);
  });
});

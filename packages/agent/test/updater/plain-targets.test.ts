/** What is left of the links when the updater goes: the same content as plain files, whatever cut the work off before. */
import { UpdateError } from '@pikit/protocol';
import { lstatSync, statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import {
  asidePath,
  CURRENT,
  damagedPath,
  GUARD_FILES,
  JOURNAL_FILE,
  plainPath,
} from '../../src/core/layout.ts';
import { beginRollback } from '../../src/updater/begin.ts';
import { mendTargets } from '../../src/updater/mend-targets.ts';
import { plainTargets } from '../../src/updater/plain-targets.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

const PAGE = '/var/www/pikit-web';
const API = '/usr/local/bin/pikit-api.py';
const SCRIPT = '/usr/local/bin/pikit-helper';
const BIN = '/usr/local/bin';
const OWN = `${BIN}/owners-own`;

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.put(OWN, 'not ours');
  await bench.publish(aRelease('1.1.0'));
  await bench.publish(aRelease('1.2.0'));
  await bench.apply('1.1.0');
});
afterEach(() => bench.close());

const plain = async () => {
  const life = bench.restart();
  return plainTargets({ ...life, mend: async () => mendTargets(life) });
};
const mend = async () => undefined;
const kinds = () =>
  [PAGE, API, SCRIPT, OWN].map((path) => {
    const stats = lstatSync(bench.host(path), { throwIfNoEntry: false });
    return stats?.isSymbolicLink() ? 'link' : stats?.isDirectory() ? 'directory' : stats && 'file';
  });
const PLAIN = ['directory', 'file', 'file', 'file'];
const LINKED = ['link', 'link', 'link', 'file'];

describe('plainTargets', () => {
  it('makes each link of ours a copy of what it led to, and touches nothing else', async () => {
    expect(kinds()).toEqual(LINKED);
    expect(await plain()).toEqual({ plain: [PAGE, API, SCRIPT] });
    expect(kinds()).toEqual(PLAIN);
    expect(await bench.see(`${PAGE}/index.html`)).toBe('<h1>1.1.0</h1>');
    expect(await bench.see(`${PAGE}/assets/logo.svg`)).toBe('<svg/>');
    expect(await bench.see(OWN)).toBe('not ours');
    expect(statSync(bench.host(API)).mode & 0o777).toBe(0o755);
    expect(await bench.disk.list('/var/www')).toEqual(['pikit-web']);
    expect(await bench.lock.holder()).toBeUndefined();
  });

  it('copies what a link of the release leads to outside of its target', async () => {
    const files = { ...aRelease('1.2.0').files, 'common/shared.js': 'shared' };
    const links = {
      'pikit-web/shared.js': '../common/shared.js',
      'pikit-web/a.html': 'index.html',
    };
    await bench.publish(aRelease('1.3.0', { files, links }));
    expect(await bench.apply('1.3.0')).toMatchObject({ outcome: 'committed' });
    await plain();
    expect(await bench.see(`${PAGE}/shared.js`)).toBe('shared');
    expect(lstatSync(bench.host(`${PAGE}/shared.js`)).isFile()).toBe(true);
    expect(lstatSync(bench.host(`${PAGE}/a.html`)).isSymbolicLink()).toBe(true);
  });

  it('goes into a directory that the operator has as a symlink', async () => {
    const linked = await createWorkbench();
    try {
      await linked.put('/srv/bin/owners-own', 'not ours');
      await linked.disk.makeDirectory('/usr/local');
      await linked.disk.createSymlink(BIN, '../../srv/bin');
      await linked.publish(aRelease('1.1.0'));
      await linked.apply('1.1.0');
      const life = linked.restart();
      const { plain: names } = await plainTargets({ ...life, mend: async () => mendTargets(life) });
      expect(names).toEqual([PAGE, API, SCRIPT]);
      expect(lstatSync(linked.host('/srv/bin/pikit-helper')).isFile()).toBe(true);
      expect(await linked.see(OWN)).toBe('not ours');
    } finally {
      await linked.close();
    }
  });

  it('has nothing to do the second time, nor where nothing was ever installed', async () => {
    await plain();
    expect(await plain()).toEqual({ plain: [] });
    expect(kinds()).toEqual(PLAIN);
  });

  it('leaves a device that a later updater takes over like one that was never updated', async () => {
    await plain();
    expect(await bench.disk.lstat(CURRENT)).toBeUndefined();
    await bench.put(`${PAGE}/index.html`, 'edited since');
    expect(await bench.apply('1.2.0')).toMatchObject({ outcome: 'committed' });
    expect(await bench.see(`${PAGE}/index.html`)).toBe('<h1>1.2.0</h1>');
    await bench.rollback();
    expect(await bench.see(`${PAGE}/index.html`)).toBe('edited since');
  });

  it('ends a switch that was cut off first, so that no copies are of two releases', async () => {
    await bench.apply('1.2.0');
    const record = await beginRollback({ ...bench.tools, store: bench.store }, 'admin');
    await bench.store.saveJournal({ ...record, phase: 'activating', stoppedUnits: [] });
    await plain();
    expect(await bench.see(`${PAGE}/index.html`)).toBe('<h1>1.1.0</h1>');
    expect(await bench.disk.lstat(JOURNAL_FILE)).toBeUndefined();
  });

  it('knows the targets of one that was cut off before they were changed', async () => {
    await bench.apply('1.2.0');
    const record = await beginRollback({ ...bench.tools, store: bench.store }, 'admin');
    await bench.store.saveJournal({ ...record, phase: 'restarting', stoppedUnits: [] });
    const life = bench.restart({ ...bench.policy, targets: [] });
    await plainTargets({ ...life, mend: async () => mendTargets(life) });
    expect(kinds()).toEqual(PLAIN);
  });

  it('leaves nothing of an update that did not come to its end, but what its owner is to look at', async () => {
    await bench.apply('1.2.0');
    const before = { www: await bench.disk.list('/var/www'), bin: await bench.disk.list(BIN) };
    const record = await beginRollback({ ...bench.tools, store: bench.store }, 'admin');
    await bench.store.saveJournal({ ...record, phase: 'cleaning-up' });
    await bench.put(`${asidePath(PAGE)}/index.html`, 'what made way');
    await bench.put(`${BIN}/.pikit-api.py.pikit-0a1b2c`, 'half');
    await bench.put(`${BIN}/pikit-helper.pikit-kept-${record.id}`, 'of the owner');
    await bench.put(`${BIN}/settings.pikit-new`, 'to be merged');
    await plain();
    expect({ www: await bench.disk.list('/var/www'), bin: await bench.disk.list(BIN) }).toEqual({
      www: before.www,
      bin: [...before.bin, `pikit-helper.pikit-kept-${record.id}`, 'settings.pikit-new'].toSorted(),
    });
  });

  it('keeps what made way for an update of which nobody knows how far it came', async () => {
    await bench.put(`${asidePath(PAGE)}/index.html`, 'what made way');
    await bench.put(damagedPath(JOURNAL_FILE), 'damaged');
    await plain();
    expect(await bench.see(`${asidePath(PAGE)}/index.html`)).toBe('what made way');
  });

  it('ends an update that the guard takes back on the release before, also when it is cut off itself', async () => {
    await bench.apply('1.2.0');
    const record = await beginRollback({ ...bench.tools, store: bench.store }, 'admin');
    await bench.store.saveJournal({ ...record, phase: 'restarting', stoppedUnits: [] });
    await bench.put(GUARD_FILES.firing, `transaction=${record.id}\n`);
    const before = await bench.disk.list(BIN);
    const life = bench.restart();
    const rename = async (from: string, to: string) =>
      to === API
        ? Promise.reject(new UpdateError('write-failed', 'gone'))
        : life.disk.rename(from, to);
    const tools = { ...life.tools, disk: { ...life.disk, rename } };
    const again = async () => mendTargets(life);
    await expectCode(plainTargets({ ...life, tools, mend: again }), 'write-failed');
    await plain();
    expect(kinds()).toEqual(PLAIN);
    expect(await bench.see(`${PAGE}/index.html`)).toBe('<h1>1.2.0</h1>');
    expect(await bench.see('/etc/pikit/version')).toBe('1.2.0\n');
    expect(await bench.disk.lstat(GUARD_FILES.firing)).toBeUndefined();
    const history = await bench.store.loadHistory(9);
    expect(history.filter(({ id }) => id === record.id)).toMatchObject([
      { outcome: 'rolled-back' },
    ]);
    expect(await bench.disk.list(BIN)).toEqual(before);
    expect(await bench.disk.list('/var/www')).toEqual(['pikit-web']);
  });

  it('goes on where a power cut left a free name and the copy for it', async () => {
    await bench.disk.copy(PAGE, plainPath(PAGE));
    await bench.disk.remove(PAGE);
    await plain();
    expect(kinds()).toEqual(PLAIN);
    expect(await bench.see(`${PAGE}/index.html`)).toBe('<h1>1.1.0</h1>');
  });

  it('keeps what somebody has put in the place of a link since a run that was cut off', async () => {
    await bench.disk.copy(PAGE, plainPath(PAGE));
    await bench.disk.remove(PAGE);
    await bench.put(`${PAGE}/index.html`, 'mine');
    await plain();
    expect(await bench.see(`${PAGE}/index.html`)).toBe('mine');
    expect(await bench.disk.list('/var/www')).toEqual(['pikit-web']);
  });

  it('leaves a link that leads to nothing as it is', async () => {
    await bench.disk.pointSymlink(API, `${CURRENT}/never-there`);
    await plain();
    expect(kinds()).toEqual(['directory', 'link', 'file', 'file']);
  });

  it('changes nothing when the disk is full', async () => {
    const life = bench.restart();
    const disk = {
      ...life.disk,
      copy: async (from: string, to: string) =>
        from === SCRIPT
          ? Promise.reject(new UpdateError('no-space', 'full'))
          : life.disk.copy(from, to),
    };
    const tools = { ...life.tools, disk };
    await expectCode(plainTargets({ ...life, tools, mend }), 'no-space');
    expect(kinds()).toEqual(LINKED);
    expect(await bench.disk.list('/var/www')).toEqual(['pikit-web']);
    expect(await life.lock.holder()).toBeUndefined();
  });

  it('waits for nobody who works', async () => {
    const life = bench.restart();
    await life.lock.acquire('an update');
    await expectCode(plainTargets({ ...life, mend }), 'busy');
    expect(kinds()).toEqual(LINKED);
  });
});

/** The whole way through the use cases, over a real directory: what a person would see on the device after each. */
import { UpdateError, type TransactionId } from '@pikit/protocol';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { JOURNAL_FILE } from '../../src/core/layout.ts';
import { API, aRelease, createWorkbench, WEB, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.put('/var/www/pikit-web/index.html', 'the old page');
  await bench.put('/usr/local/bin/pikit-api.py', 'the old api', 0o755);
  await bench.put('/usr/local/bin/foreign', 'not ours');
  await bench.put('/etc/pikit/version', '1.0.0\n');
});
afterEach(() => bench.close());

const everyTarget = async (): Promise<readonly (string | undefined)[]> =>
  Promise.all(
    [
      '/var/www/pikit-web/index.html',
      '/usr/local/bin/pikit-api.py',
      '/usr/local/bin/pikit-helper',
      '/etc/cron.d/pikit',
    ].map((path) => bench.see(path)),
  );

describe('apply', () => {
  it('switches every target, keeps what stood there, and says so', async () => {
    await bench.publish(aRelease('1.1.0'));
    const result = await bench.apply('1.1.0');
    expect(result).toMatchObject({ outcome: 'committed', from: '1.0.0', to: '1.1.0', error: null });
    expect(await everyTarget()).toEqual([
      '<h1>1.1.0</h1>',
      'print("1.1.0")',
      '#!/bin/sh\n',
      '# 1.1.0\n',
    ]);
    expect(await bench.see('/usr/local/bin/foreign')).toBe('not ours');
    expect(await bench.see('/etc/pikit/version')).toBe('1.1.0\n');
    const status = await bench.board.snapshot();
    expect(status).toMatchObject({ current: '1.1.0', previous: '1.0.0', transaction: null });
    expect(status.backup_path).toMatch(/^\/var\/backups\/pikit\/\d{8}T\d{6}Z$/);
    expect(bench.services.calls).toEqual([`restart ${WEB}`]);
    expect(bench.log.lines.join('\n')).toContain(`skipped: ${API} is not on this device`);
  });

  it('makes links where links are due and real files where copies are', async () => {
    await bench.publish(aRelease('1.1.0'));
    await bench.apply('1.1.0');
    expect(await readlink(bench.host('/var/www/pikit-web'))).toBe(
      bench.host('/var/lib/pikit/current/pikit-web'),
    );
    expect((await lstat(bench.host('/etc/cron.d/pikit'))).isFile()).toBe(true);
    expect((await lstat(bench.host('/usr/local/bin/pikit-api.py'))).isSymbolicLink()).toBe(true);
  });

  it('leaves nothing behind but the two releases', async () => {
    await bench.publish(aRelease('1.1.0'));
    await bench.apply('1.1.0');
    expect(await readdir(bench.host('/var/lib/pikit'))).toEqual(['current', 'releases']);
    expect(await readdir(bench.host('/var/lib/pikit/releases'))).toHaveLength(2);
    expect(await readdir(bench.host('/var/tmp/pikit-update'))).toEqual([]);
    expect(await readdir(bench.host('/var/www'))).toEqual(['pikit-web']);
    expect(await bench.store.loadJournal()).toBeUndefined();
  });

  it('links unchanged files instead of writing them again', async () => {
    await bench.publish(aRelease('1.1.0', { form: 'full' }));
    await bench.apply('1.1.0');
    await bench.publish(aRelease('1.2.0', { form: 'full' }));
    await bench.apply('1.2.0');
    const logo = await lstat(bench.host('/var/lib/pikit/current/pikit-web/assets/logo.svg'));
    expect(logo.nlink).toBe(2);
  });

  it('takes away names that a release drops, and only those', async () => {
    await bench.publish(aRelease('1.1.0'));
    await bench.apply('1.1.0');
    await bench.publish({ version: '1.2.0', files: { 'pikit-web/index.html': '1.2.0' } });
    await bench.apply('1.2.0');
    expect(await everyTarget()).toEqual(['1.2.0', undefined, undefined, undefined]);
    expect(await readdir(bench.host('/usr/local/bin'))).toEqual(['foreign']);
  });

  it('rolls itself back when the new release does not answer', async () => {
    await bench.publish(aRelease('1.1.0'));
    await bench.apply('1.1.0');
    await bench.publish(aRelease('1.2.0'));
    bench.prober.refuses.add('1.2.0');
    const result = await bench.apply('1.2.0');
    expect(result).toMatchObject({ outcome: 'rolled-back', error: { code: 'probe-failed' } });
    expect(await everyTarget()).toEqual([
      '<h1>1.1.0</h1>',
      'print("1.1.0")',
      '#!/bin/sh\n',
      '# 1.1.0\n',
    ]);
    expect(await bench.board.snapshot()).toMatchObject({ current: '1.1.0', previous: '1.0.0' });
    expect(await readdir(bench.host('/var/lib/pikit/releases'))).toHaveLength(2);
  });

  it('rolls the very first update back to what stood there before', async () => {
    bench.services.broken.add(WEB);
    await bench.publish(aRelease('1.1.0'));
    const result = await bench.apply('1.1.0');
    expect(result).toMatchObject({ outcome: 'broken', error: { code: 'roll-back-failed' } });
    expect(await everyTarget()).toEqual(['the old page', 'the old api', undefined, undefined]);
  });

  it('takes a first install away again when it fails', async () => {
    const empty = await createWorkbench();
    empty.prober.refuses.add('1.1.0');
    await empty.publish(aRelease('1.1.0'));
    const result = await empty.apply('1.1.0');
    expect(result).toMatchObject({ outcome: 'rolled-back', from: null });
    expect(await readdir(empty.host('/var/www'))).toEqual([]);
    expect(await readdir(empty.host('/var/lib/pikit'))).toEqual(['releases']);
    await empty.close();
  });

  it('refuses what is not newer, what was changed since the review, and what is not there', async () => {
    await bench.publish(aRelease('0.9.0'));
    await expectCode(bench.apply('0.9.0'), 'downgrade-refused');
    await bench.publish(aRelease('1.0.0'));
    await expectCode(bench.apply('1.0.0'), 'already-installed');
    await bench.publish(aRelease('1.1.0'));
    const reviewed = await bench.wanted('1.1.0');
    await bench.publish(aRelease('1.1.0', { changelog: 'https://example.org/other' }));
    await expectCode(bench.updater.apply(reviewed, 'admin'), 'manifest-changed');
    expect(await everyTarget()).toEqual(['the old page', 'the old api', undefined, undefined]);
  });

  it('refuses a second one while one runs, and says who runs since when', async () => {
    await bench.publish(aRelease('1.1.0'));
    const wanted = await bench.wanted('1.1.0');
    await bench.updater.apply(wanted, 'admin');
    const error = await expectCode(bench.updater.apply(wanted, 'dashboard'), 'busy');
    expect(error.details).toMatchObject({ what: 'installing 1.1.0', since: expect.any(String) });
    await bench.updater.settled();
  });

  it('can be cancelled until it touches the device', async () => {
    await bench.publish(aRelease('1.1.0'));
    const id = await bench.updater.apply(await bench.wanted('1.1.0'), 'admin');
    await bench.updater.cancel(id);
    expect(await bench.updater.settled()).toMatchObject({ outcome: 'cancelled' });
    expect(await everyTarget()).toEqual(['the old page', 'the old api', undefined, undefined]);
    await expectCode(bench.updater.cancel(id), 'no-such-transaction');
  });
});

describe('cancel', () => {
  it('in the instant in which the update begins to touch the device is refused', async () => {
    await bench.publish(aRelease('1.1.0'));
    const { disk, updater } = bench;
    const write = disk.write.bind(disk);
    const answers: Promise<UpdateError>[] = [];
    disk.write = async (path, content, mode) => {
      // Before the journal says so, and so before anybody could read it there.
      if (path === JOURNAL_FILE && String(content).includes('"phase": "activating"')) {
        const id = (await bench.store.loadJournal())?.id ?? ('' as TransactionId);
        answers.push(expectCode(updater.cancel(id), 'not-cancellable'));
      }
      return write(path, content, mode);
    };
    await updater.apply(await bench.wanted('1.1.0'), 'admin');
    expect(await updater.settled()).toMatchObject({ outcome: 'committed' });
    const [refusal, ...more] = await Promise.all(answers);
    expect(refusal?.details).toEqual({ phase: 'activating' });
    expect(more.length).toBeLessThan(3);
  });
});

describe('rollback', () => {
  it('brings back what stood there before the first update', async () => {
    await bench.publish(aRelease('1.1.0'));
    await bench.apply('1.1.0');
    expect(await bench.rollback()).toMatchObject({
      kind: 'rollback',
      outcome: 'committed',
      to: '1.0.0',
    });
    expect(await everyTarget()).toEqual(['the old page', 'the old api', undefined, undefined]);
    expect(await bench.see('/etc/pikit/version')).toBe('1.0.0\n');
  });

  it('offers the release again that was left, and installs it without fetching', async () => {
    await bench.publish(aRelease('1.1.0', { form: 'full' }));
    await bench.updater.check();
    await bench.apply('1.1.0');
    expect((await bench.board.snapshot()).offered).toBeNull();
    await bench.rollback();
    expect((await bench.board.snapshot()).offered?.version).toBe('1.1.0');
    expect(await bench.apply('1.1.0')).toMatchObject({ outcome: 'committed', bytesFetched: 0 });
  });

  it('is refused where there is nothing to go back to', async () => {
    await expectCode(bench.updater.rollback('admin'), 'nothing-to-roll-back');
  });
});

describe('check', () => {
  it('offers the highest version, and keeps the answer', async () => {
    await bench.publish(aRelease('1.10.0'));
    await bench.publish(aRelease('1.9.0'));
    expect(await bench.updater.check()).toMatchObject({
      latest: '1.10.0',
      offered: { version: '1.10.0' },
      check_error: null,
      checking: false,
    });
    expect((await bench.store.loadState())?.status.offered?.version).toBe('1.10.0');
  });

  it('says offline as a state of its own and keeps what it knew', async () => {
    await bench.publish(aRelease('1.1.0'));
    await bench.updater.check();
    await bench.disk.rename('/media/releases', '/media/gone');
    await expectCode(bench.updater.check(), 'offline');
    expect(await bench.board.snapshot()).toMatchObject({
      check_error: { code: 'offline' },
      offered: { version: '1.1.0' },
    });
  });
});

describe('check, when the disk refuses for a moment', () => {
  it('fails once, and not for ever', async () => {
    await bench.publish(aRelease('1.1.0'));
    const { disk } = bench;
    const readLink = disk.readLink.bind(disk);
    disk.readLink = async () => {
      disk.readLink = readLink;
      throw new UpdateError('write-failed', 'too many open files');
    };
    await expectCode(bench.updater.check(), 'write-failed');
    expect(await bench.updater.check()).toMatchObject({ latest: '1.1.0', checking: false });
  });
});

const unattended = async (version: string) =>
  bench.updater.apply({ ...(await bench.wanted(version)), unattended: true }, 'admin');

describe('a release that failed here', () => {
  it('is held back from whoever updates by itself, and a person may still choose it', async () => {
    await bench.publish(aRelease('1.1.0'));
    await bench.updater.check();
    expect((await bench.board.snapshot()).held_back).toBeNull();
    bench.prober.refuses.add('1.1.0');
    await unattended('1.1.0');
    const failed = await bench.updater.settled();
    expect(failed).toMatchObject({ outcome: 'rolled-back' });
    const held = { version: '1.1.0', transaction: failed?.id, reason: 'rolled-back' };
    expect(await bench.board.snapshot()).toMatchObject({ held_back: held });
    expect((await bench.store.loadState())?.status.held_back).toEqual(held);
    expect((await expectCode(unattended('1.1.0'), 'held-back')).details).toEqual(held);
    expect(await bench.lock.holder()).toBeUndefined();

    bench.prober.refuses.clear();
    expect(await bench.apply('1.1.0')).toMatchObject({ outcome: 'committed' });
    expect((await bench.board.snapshot()).held_back).toBeNull();
  });

  it('is held back too when a person went back from it, until it is published anew', async () => {
    await bench.publish(aRelease('1.1.0'));
    await bench.apply('1.1.0');
    await bench.updater.check();
    const left = await bench.rollback();
    expect(await bench.board.snapshot()).toMatchObject({
      offered: { version: '1.1.0' },
      held_back: { transaction: left?.id, reason: 'rolled-back' },
    });
    await expectCode(unattended('1.1.0'), 'held-back');

    await bench.publish(aRelease('1.1.0', { files: { 'pikit-web/index.html': 'mended' } }));
    await bench.updater.check();
    expect((await bench.board.snapshot()).held_back).toBeNull();
    await unattended('1.1.0');
    expect(await bench.updater.settled()).toMatchObject({ outcome: 'committed' });
  });
});

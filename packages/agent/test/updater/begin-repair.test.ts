/** A repair from its refusals to its end: what is fetched, what is linked, who is restarted, and where a roll-back leads. */
import { chmod, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { currentTree } from '../../src/steps/trees.ts';
import { audit } from '../../src/updater/audit.ts';
import { beginRepair } from '../../src/updater/begin-repair.ts';
import {
  API,
  aRelease,
  createWorkbench,
  quiet,
  WEB,
  type Workbench,
} from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  bench.services.units.set(API, 'active');
  for (const version of ['1.1.0', '1.2.0']) {
    await bench.publish(aRelease(version, { form: 'full' }));
    await bench.apply(version);
  }
  bench.services.calls.length = 0;
});
afterEach(() => bench.close());

const inTree = (path: string) => bench.host(`/var/lib/pikit/current/${path}`);
const inode = async (path: string) => (await stat(inTree(path))).ino;
const drift = async () => (await bench.updater.verify()).drift;
const begin = async () =>
  beginRepair({ ...bench.tools, store: bench.store }, await audit(bench.tools), 'admin', quiet());
const logged = () => bench.log.lines.join('\n');

describe('beginRepair', () => {
  it('names the damaged tree as the way back and the same release’s other name as the goal', async () => {
    await writeFile(inTree('pikit-api.py'), 'x');
    const record = await begin();
    expect(record).toMatchObject({
      kind: 'repair',
      phase: 'preflight',
      from: await currentTree(bench.disk),
      to: { version: '1.2.0' },
      repair: { targets: ['pikit-api.py'], extra: 0 },
    });
    expect(record.to.name).toMatch(/^1\.2\.0-[0-9a-f]{8}$/);
    expect(record.to.name).not.toBe(record.from?.name);
  });

  it('refuses when nothing is damaged; extra files are no damage', async () => {
    await expectCode(bench.repair(), 'nothing-to-repair');
    await writeFile(inTree('pikit-web/upload.txt'), 'mine');
    await expectCode(bench.repair(), 'nothing-to-repair');
    expect(await bench.board.snapshot()).toMatchObject({ drift: { total: 1, damaged: 0 } });
    expect(await bench.store.loadJournal()).toBeUndefined();
  });

  it('refuses what never was a release, and what is not installed at all', async () => {
    const adopted = await createWorkbench();
    await expectCode(adopted.repair(), 'not-repairable');
    await adopted.put('/usr/local/bin/pikit-api.py', 'old api', 0o755);
    await adopted.publish(aRelease('1.1.0'));
    await adopted.apply('1.1.0');
    await adopted.rollback();
    await adopted.put('/var/lib/pikit/current/pikit-api.py', 'x');
    await expectCode(adopted.repair(), 'not-repairable');
    await adopted.close();
  });

  it('refuses when the source has the version no longer, or with other content', async () => {
    await writeFile(inTree('pikit-api.py'), 'x');
    await bench.publish(aRelease('1.2.0', { changelog: 'https://example.org/changed' }));
    await expectCode(bench.repair(), 'manifest-changed');
    await rm(inTree('.pikit/manifest.json'));
    await expectCode(bench.repair(), 'manifest-changed');
    await bench.disk.remove('/media/releases/1.2.0');
    await expectCode(bench.repair(), 'no-such-release');
    expect(await drift()).toMatchObject({ damaged: 2 });
  });

  it('asks the source for nothing when only names on the device are damaged', async () => {
    await rm(bench.host('/var/www/pikit-web'));
    await bench.disk.remove('/media/releases');
    expect(await bench.repair()).toMatchObject({ outcome: 'committed', bytesFetched: 0 });
    expect(await bench.see('/var/www/pikit-web/index.html')).toBe('<h1>1.2.0</h1>');
    expect(bench.services.calls).toEqual([`restart ${WEB}`]);
  });

  it('is no step from anywhere, so a release that excludes itself as a start can be repaired', async () => {
    await bench.publish(aRelease('1.3.0', { manifest: { requires: { from: '<1.3.0' } } }));
    await bench.apply('1.3.0');
    await writeFile(inTree('pikit-api.py'), 'x');
    expect(await bench.repair()).toMatchObject({ outcome: 'committed' });
  });
});

describe('a repair', () => {
  it('writes the damaged files anew, links the others, and restarts only who had a damaged one', async () => {
    const [page, api] = [await inode('pikit-web/index.html'), await inode('pikit-api.py')];
    await writeFile(inTree('pikit-api.py'), 'x');
    expect(await bench.repair()).toMatchObject({ outcome: 'committed', kind: 'repair' });
    expect(await bench.see('/usr/local/bin/pikit-api.py')).toBe('print("1.2.0")');
    expect(await inode('pikit-web/index.html')).toBe(page);
    expect(await inode('pikit-api.py')).not.toBe(api);
    expect(bench.services.calls).toEqual([`restart ${API}`]);
    expect(await bench.board.snapshot()).toMatchObject({ current: '1.2.0', drift: null });
    expect(await drift()).toMatchObject({ total: 0 });
  });

  it('leaves the version and the way back as they were, and the damaged tree nowhere', async () => {
    const before = await bench.board.snapshot();
    await rm(inTree('bin/pikit-helper'));
    await bench.repair();
    expect(await bench.see('/etc/pikit/version')).toBe('1.2.0\n');
    expect(await bench.board.snapshot()).toMatchObject({
      previous: '1.1.0',
      backup_path: before.backup_path,
    });
    expect(await bench.disk.list('/var/lib/pikit/releases')).toHaveLength(2);
    expect(await bench.rollback()).toMatchObject({ outcome: 'committed', to: '1.1.0' });
    expect(await bench.see('/usr/local/bin/pikit-api.py')).toBe('print("1.1.0")');
  });

  it('can be done again and again, and updates go on after it', async () => {
    for (const _ of [1, 2, 3]) {
      await writeFile(inTree('pikit-api.py'), 'x');
      expect(await bench.repair()).toMatchObject({ outcome: 'committed' });
    }
    await bench.publish(aRelease('1.3.0'));
    expect(await bench.apply('1.3.0')).toMatchObject({ outcome: 'committed' });
    expect(await bench.board.snapshot()).toMatchObject({ previous: '1.2.0' });
  });

  it('works from the manifest when the record is torn, and knows the modes from the archive', async () => {
    await bench.publish(aRelease('1.3.0'));
    await bench.apply('1.3.0');
    await chmod(inTree('pikit-web/index.html'), 0o600);
    await writeFile(inTree('.pikit/tree.json'), '{"format":1');
    expect(await drift()).toMatchObject({ damaged: 1 });
    expect(await bench.repair()).toMatchObject({ outcome: 'committed' });
    expect((await stat(inTree('pikit-web/index.html'))).mode & 0o777).toBe(0o644);
    expect(await drift()).toMatchObject({ total: 0 });
  });

  it('works from the source when nothing is left of manifest and record, or of the tree', async () => {
    await rm(inTree('.pikit'), { recursive: true });
    expect(await bench.repair()).toMatchObject({ outcome: 'committed' });
    expect(bench.services.calls).toEqual([`restart ${WEB}`, `restart ${API}`]);
    await rm(bench.host((await bench.disk.readLink('/var/lib/pikit/current')) ?? ''), {
      recursive: true,
    });
    expect(await bench.repair()).toMatchObject({ outcome: 'committed' });
    expect(await drift()).toMatchObject({ total: 0 });
    expect(await bench.see('/usr/local/bin/pikit-api.py')).toBe('print("1.2.0")');
  });

  it('keeps what stood in the place of a link, and says where', async () => {
    await rename(bench.host('/usr/local/bin/pikit-api.py'), bench.host('/usr/local/bin/moved'));
    await bench.put('/usr/local/bin/pikit-api.py', 'mine');
    const result = await bench.repair();
    const kept = `/usr/local/bin/pikit-api.py.pikit-kept-${result?.id ?? ''}`;
    expect(await bench.see(kept)).toBe('mine');
    expect(logged()).toContain(`kept as ${kept}`);
    expect(await bench.see('/usr/local/bin/pikit-api.py')).toBe('print("1.2.0")');
  });

  it('sets the damaged tree aside where somebody else’s files lie in it', async () => {
    await writeFile(inTree('pikit-web/upload.txt'), 'mine');
    await rm(inTree('pikit-api.py'));
    const damaged = await bench.disk.readLink('/var/lib/pikit/current');
    const result = await bench.repair();
    const kept = `${damaged ?? ''}.pikit-kept-${result?.id ?? ''}`;
    expect(await bench.see(`${kept}/pikit-web/upload.txt`)).toBe('mine');
    expect(logged()).toContain(`kept in ${kept}: 1 file that no release brought`);
    expect(await bench.see('/var/www/pikit-web/upload.txt')).toBeUndefined();
  });

  it('says that the release before shares a damaged file', async () => {
    await writeFile(inTree('pikit-web/assets/logo.svg'), 'rotten');
    await bench.repair();
    expect(logged()).toMatch(/would bring back damage: 1 file of 1\.1\.0-[0-9a-f]{8}, such as /);
    expect(await bench.see('/var/www/pikit-web/assets/logo.svg')).toBe('<svg/>');
  });

  it('that does not work leads back to the tree that ran, damaged as it is', async () => {
    await writeFile(inTree('pikit-api.py'), 'x');
    const before = await currentTree(bench.disk);
    await bench.updater.verify();
    bench.services.broken.add(API);
    await bench.updater.repair('admin');
    const result = await bench.updater.settled();
    expect(result).toMatchObject({ outcome: 'broken', error: { code: 'roll-back-failed' } });
    expect(await currentTree(bench.disk)).toEqual(before);
    expect(await readdir(bench.host('/var/lib/pikit/releases'))).toContain(before?.name);
    expect(await bench.board.snapshot()).toMatchObject({ drift: { damaged: 1 } });
  });

  it('that is cancelled or fails before the switch changes nothing', async () => {
    await writeFile(inTree('pikit-api.py'), 'x');
    const before = await currentTree(bench.disk);
    await writeFile(bench.host('/media/releases/1.2.0/pikit-1.2.0.tar.gz'), 'no archive');
    const result = await bench.repair();
    expect(result).toMatchObject({ outcome: 'failed', error: { code: 'hash-mismatch' } });
    expect(await currentTree(bench.disk)).toEqual(before);
    expect(await bench.see('/usr/local/bin/pikit-api.py')).toBe('x');
    expect(await readdir(bench.host('/var/lib/pikit'))).toEqual(['current', 'releases']);
  });
});

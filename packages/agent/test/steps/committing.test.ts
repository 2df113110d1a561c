/** The plan's version file and backup link, and how many of them stay. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { committing } from '../../src/steps/committing.ts';
import { aRelease, createWorkbench, quiet, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.publish(aRelease('1.1.0'));
  await bench.apply('1.1.0');
  await bench.publish(aRelease('1.2.0'));
});
afterEach(() => bench.close());

const amend = () => Promise.reject(new Error('a write'));

describe('committing', () => {
  it('writes the version and links the release that was left; twice is as good as once', async () => {
    const context = bench.context(await bench.begin('1.2.0'));
    await committing(context, quiet());
    await committing(context, quiet());
    expect(await bench.see('/etc/pikit/version')).toBe('1.2.0\n');
    const [backup, ...more] = await bench.disk.list('/var/backups/pikit');
    expect(more).toEqual([]);
    expect(await bench.disk.readLink(`/var/backups/pikit/${backup ?? ''}`)).toBe(
      `/var/lib/pikit/releases/${context.record().from?.name ?? ''}`,
    );
  });

  it('counts what has changed, and writes no journal for it', async () => {
    const context = bench.context(await bench.begin('1.2.0'));
    await bench.apply('1.2.0');
    await committing({ ...context, amend }, quiet());
    expect(context.record().changed).toEqual({ added: 0, changed: 3, removed: 0 });
  });

  it('leaves what it did not make in the backup directory', async () => {
    await bench.put('/var/backups/pikit/notes.txt', 'mine');
    await committing(bench.context(await bench.begin('1.2.0')), quiet());
    expect(await bench.see('/var/backups/pikit/notes.txt')).toBe('mine');
  });

  it('takes the version file away when what runs again never had a version', async () => {
    const record = await bench.begin('1.2.0');
    const to = { ...record.to, version: 'preexisting' as const };
    await committing(bench.context({ ...record, kind: 'rollback', to }), quiet());
    expect(await bench.see('/etc/pikit/version')).toBeUndefined();
  });
});

/** What is nobody's any more, found wherever we write, and what must never be taken for it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findLeftovers, removeAll } from '../../src/steps/leftovers.ts';
import { aRelease, createWorkbench, TARGETS, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.put('/var/www/pikit-web/index.html', 'old page');
  await bench.publish(aRelease('1.1.0'));
  await bench.apply('1.1.0');
});
afterEach(() => bench.close());

describe('findLeftovers', () => {
  it('finds nothing after an ordinary end', async () => {
    expect(await findLeftovers(bench.tools)).toEqual([]);
  });

  it('finds what a cut write left beside each kind of name, and takes nothing else', async () => {
    const ours = [
      '/etc/pikit/.version.pikit-0a1b2c',
      '/var/lib/pikit-update/.state.json.pikit-0a1b2c',
      '/var/lib/pikit/.current.pikit-0a1b2c',
      '/var/www/.pikit-web.pikit-0a1b2c',
      '/usr/local/bin/.pikit-helper.pikit-0a1b2c',
      '/etc/cron.d/.pikit.pikit-0a1b2c',
    ];
    const others = [
      '/etc/cron.d/.backup.pikit-0a1b2c',
      '/etc/cron.d/pikit.pikit-kept-20260102T042000Z-0a1b2c',
      '/var/www/.pikit-web.swp',
    ];
    for (const path of [...ours, ...others]) await bench.put(path, 'x');
    const found = await findLeftovers(bench.tools);
    expect(found.toSorted()).toEqual(ours.toSorted());
    await removeAll(bench.disk, found);
    for (const path of others) expect(await bench.see(path)).toBe('x');
  });

  it('finds those of configuration files too', async () => {
    const targets = [
      ...TARGETS,
      { from: 'settings', to: '/etc/dashboard', kind: 'merge', copy: true, config: true },
    ] as const;
    const edited = await createWorkbench({ targets });
    await edited.publish(aRelease('1.1.0', { files: { 'settings/main.conf': 'colour=blue' } }));
    await edited.apply('1.1.0');
    const ours = ['main.conf', 'main.conf.pikit-new'].map(
      (name) => `/etc/dashboard/.${name}.pikit-0a1b2c`,
    );
    for (const path of ours) await edited.put(path, 'x');
    expect((await findLeftovers(edited.tools)).toSorted()).toEqual(ours.toSorted());
    await edited.close();
  });

  it('takes a backup link that never got its name for no backup', async () => {
    const [backup] = await bench.disk.list('/var/backups/pikit');
    const tree = await bench.disk.readLink(`/var/backups/pikit/${backup}`);
    await bench.disk.pointSymlink(`/var/backups/pikit/.${backup}.pikit-0a1b2c`, tree ?? '');
    expect(await findLeftovers(bench.tools)).toEqual([
      `/var/backups/pikit/.${backup}.pikit-0a1b2c`,
    ]);
  });

  it('takes no tree away where nobody knows what runs', async () => {
    await bench.disk.remove('/var/lib/pikit/current');
    expect(await findLeftovers(bench.tools)).toEqual([]);
  });

  it('takes nothing away until somebody has looked at a damaged journal', async () => {
    await bench.put('/var/lib/pikit/staging/1.2.0/x', 'half');
    await bench.put('/var/lib/pikit-update/journal.json.damaged', 'torn');
    expect(await findLeftovers(bench.tools)).toEqual([]);
    await bench.disk.remove('/var/lib/pikit-update/journal.json.damaged');
    expect(await findLeftovers(bench.tools)).toEqual(['/var/lib/pikit/staging']);
  });
});

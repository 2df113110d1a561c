/** Every name that a device with an installed release may find something of ours at. */
import { expect, it } from 'vitest';
import { readAllTrees } from '../../src/steps/trees.ts';
import { writtenNames } from '../../src/steps/written-names.ts';
import { aRelease, createWorkbench, TARGETS } from '../support/workbench.ts';

it('names targets of each kind, our own files, and what lies beside a configuration file', async () => {
  const config = {
    from: 'settings',
    to: '/etc/app',
    kind: 'merge',
    copy: true,
    config: true,
  } as const;
  const bench = await createWorkbench({ targets: [...TARGETS, config] });
  const { files } = aRelease('1.1.0');
  await bench.publish(aRelease('1.1.0', { files: { ...files, 'settings/main.conf': 'x' } }));
  await bench.apply('1.1.0');
  const names = writtenNames(bench.tools.policy, await readAllTrees(bench.disk));
  const tree = await bench.disk.readLink('/var/lib/pikit/current');
  for (const name of [
    '/var/www/pikit-web',
    '/usr/local/bin/pikit-api.py',
    '/usr/local/bin/pikit-helper',
    '/etc/cron.d/pikit',
    '/etc/app/main.conf',
    '/etc/app/main.conf.pikit-new',
    '/etc/pikit/version',
    '/var/lib/pikit/current',
    '/var/lib/pikit-update/journal.json',
    '/var/lib/pikit-update/trust.json',
    '/var/lib/pikit-update/offered-manifest.json',
    '/var/lib/pikit-update/pauses.json',
    `${tree ?? ''}/.pikit/tree.json`,
  ]) {
    expect(names).toContain(name);
  }
  await bench.close();
});

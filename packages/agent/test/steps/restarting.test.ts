/** The phase in which a new release is taken up: its commands first, then the services. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { waitFor } from '../../../../test/support/wait-for.ts';
import { restarting } from '../../src/steps/restarting.ts';
import { laySignedUpdate } from '../support/signed-journal.ts';
import { aRelease, createWorkbench, quiet, WEB, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.publish(aRelease('1.1.0'));
});
afterEach(() => bench.close());

/** As it stands when 1.1.0 was just activated. */
async function activated() {
  const record = await bench.begin('1.1.0');
  await bench.apply('1.1.0');
  bench.services.calls.length = 0;
  return bench.context(record);
}

describe('restarting', () => {
  it('restarts what changed; twice is as good as once', async () => {
    const context = await activated();
    await restarting(context, quiet());
    await restarting(context, quiet());
    expect(bench.services.calls).toEqual([`restart ${WEB}`, `restart ${WEB}`]);
  });

  it('runs commands before anything is restarted', async () => {
    const { commands, services } = bench;
    const manifest = { post_install: ['bin/pikit-helper'] };
    await bench.publish(aRelease('1.2.0', { manifest }));
    const bytes = await bench.disk.read('/media/releases/1.2.0/manifest.json', 100_000);
    await laySignedUpdate(bench.disk, { version: '1.2.0', manifest: bytes ?? new Uint8Array() });
    const order: string[] = [];
    commands.run = async () => {
      order.push(`command, restarts: ${String(services.calls.length)}`);
      return { failure: undefined, output: [] };
    };
    await bench.updater.recover();
    expect(order).toEqual(['command, restarts: 0']);
    expect(services.calls).toContain(`restart ${WEB}`);
  });

  it('leaves everything to the agent that the release has brought', async () => {
    const context = await activated();
    bench.succession.program = '/usr/local/lib/pikit/lib/pikit-agent.mjs';
    let isOver = false;
    void restarting(context, quiet()).then(() => (isOver = true));
    await waitFor('the successor', () => bench.succession.handedOver === 1);
    expect({ isOver, restarted: bench.services.calls }).toEqual({ isOver: false, restarted: [] });
    bench.succession.program = undefined;
    await restarting(context, quiet());
    expect(bench.services.calls).toEqual([`restart ${WEB}`]);
  });

  it('fails with the service that did not come up', async () => {
    const context = await activated();
    bench.services.broken.add(WEB);
    const error = await expectCode(restarting(context, quiet()), 'service-failed');
    expect(error.details).toEqual({ unit: WEB });
  });
});

/** The way back, and the plain word when it fails. */
import { UpdateError } from '@pikit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { waitFor } from '../../../../test/support/wait-for.ts';
import { backupPath, treePath } from '../../src/core/layout.ts';
import { rollingBack } from '../../src/steps/rolling-back.ts';
import { aRelease, createWorkbench, quiet, WEB, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.publish(aRelease('1.1.0'));
  await bench.apply('1.1.0');
});
afterEach(() => bench.close());

/** As it stands when 1.2.0 has just failed: it runs, and 1.1.0 is the way back. */
async function failing() {
  await bench.publish(aRelease('1.2.0'));
  const record = await bench.begin('1.2.0');
  await bench.apply('1.2.0');
  return bench.context(record);
}

describe('rollingBack', () => {
  it('brings the previous release back and looks whether it answers', async () => {
    const context = await failing();
    bench.prober.asked.length = 0;
    await rollingBack(context, quiet());
    expect(await bench.see('/var/www/pikit-web/index.html')).toBe('<h1>1.1.0</h1>');
    expect(bench.prober.asked).toEqual(['1.1.0', '1.1.0']);
  });

  it('leaves the rest to the former agent, once the former release is back', async () => {
    const context = await failing();
    bench.services.calls.length = 0;
    bench.succession.program = '/usr/lib/pikit/pikit-agent.mjs';
    void rollingBack(context, quiet());
    await waitFor('the former agent', () => bench.succession.handedOver === 1);
    expect(await bench.see('/var/www/pikit-web/index.html')).toBe('<h1>1.1.0</h1>');
    expect(bench.services.calls).toEqual([]);
    bench.succession.program = undefined;
    await rollingBack(context, quiet());
    expect(bench.services.calls).toEqual([`restart ${WEB}`]);
  });

  it('goes on by itself when the former agent cannot be had', async () => {
    const context = await failing();
    bench.services.calls.length = 0;
    bench.succession.program = '/usr/lib/pikit/pikit-agent.mjs';
    bench.succession.refuses = true;
    await rollingBack(context, quiet());
    expect(bench.services.calls).toEqual([`restart ${WEB}`]);
    expect(bench.log.lines).toContain(
      'warning: the former agent does not take over: UpdateError: no',
    );
  });

  it('fails with the reason when the previous release does not answer either', async () => {
    const context = await failing();
    bench.prober.refuses.add('1.1.0');
    const error = await expectCode(rollingBack(context, quiet()), 'roll-back-failed');
    expect(error.details).toEqual({ reason: 'probe-failed', version: '1.1.0' });
  });

  it('tries a disk that refuses for a moment again, and does not give up the way back', async () => {
    const context = await failing();
    const pointSymlink = bench.disk.pointSymlink.bind(bench.disk);
    const remove = bench.disk.remove.bind(bench.disk);
    const refusing = new Set(['/var/lib/pikit/current', '/var/lib/pikit-update/guard']);
    const once = (path: string): void => {
      if (refusing.delete(path)) throw new UpdateError('write-failed', `cannot write ${path}: EIO`);
    };
    bench.disk.pointSymlink = async (path, text) => {
      once(path);
      return pointSymlink(path, text);
    };
    bench.disk.remove = async (path) => {
      once(path);
      return remove(path);
    };
    await rollingBack(context, quiet());
    expect(refusing.size).toBe(0);
    expect(await bench.see('/var/www/pikit-web/index.html')).toBe('<h1>1.1.0</h1>');
  });

  it('makes durable what it has done before it was cut off', async () => {
    const context = await failing();
    const settled: string[] = [];
    const settle = bench.disk.settle.bind(bench.disk);
    bench.disk.settle = async (directory) => {
      settled.push(directory);
      return settle(directory);
    };
    await rollingBack(context, quiet());
    expect(settled).toEqual([]);
    await rollingBack(bench.context({ ...context.record(), interruptions: 1 }), quiet());
    expect(settled).toContain('/usr/local/bin');
  });

  it('gives up on a disk that goes on refusing', async () => {
    const context = await failing();
    let tries = 0;
    bench.disk.pointSymlink = async () => {
      tries += 1;
      return Promise.reject(new UpdateError('no-space', 'full'));
    };
    const error = await expectCode(rollingBack(context, quiet()), 'roll-back-failed');
    expect(error.details).toMatchObject({ reason: 'no-space' });
    expect(tries).toBe(3);
  });

  it('undoes a commit that was cut short', async () => {
    const context = await failing();
    const { id, from } = context.record();
    await bench.disk.pointSymlink(backupPath(id), treePath(from?.name ?? ('' as never)));
    await rollingBack(context, quiet());
    expect(await bench.see('/etc/pikit/version')).toBe('1.1.0\n');
    // To what runs: it would be taken for the way back, and stand before the one that is.
    expect(await bench.disk.readLink(backupPath(id))).toBeUndefined();
  });

  it('leaves a version file that no commit has written', async () => {
    const empty = await createWorkbench();
    await empty.put('/etc/pikit/version', '1.0.0\n');
    await empty.publish(aRelease('1.1.0'));
    empty.prober.refuses.add('1.1.0');
    expect(await empty.apply('1.1.0')).toMatchObject({ outcome: 'rolled-back', from: null });
    expect(await empty.see('/etc/pikit/version')).toBe('1.0.0\n');
    await empty.close();
  });

  it('leaves copies of the owner that a release also has, when the first update fails before it adopts', async () => {
    const first = await createWorkbench();
    await first.put('/etc/cron.d/pikit', '# 1.1.0\n');
    await first.publish(aRelease('1.1.0'));
    const copy = first.disk.copy.bind(first.disk);
    first.disk.copy = async () => Promise.reject(new UpdateError('no-space', 'full'));
    expect(await first.apply('1.1.0')).toMatchObject({ outcome: 'rolled-back', from: null });
    expect(await first.see('/etc/cron.d/pikit')).toBe('# 1.1.0\n');

    // The tree is there, but that was not to be known for certain.
    first.disk.copy = copy;
    const rename = first.disk.rename.bind(first.disk);
    first.disk.rename = async (from, to) => {
      await rename(from, to);
      if (from.endsWith('/adopted')) throw new UpdateError('write-failed', 'not synced');
    };
    await first.put('/etc/cron.d/pikit', '# mine\n');
    expect(await first.apply('1.1.0')).toMatchObject({ outcome: 'rolled-back', from: null });
    expect(await first.see('/etc/cron.d/pikit')).toBe('# mine\n');
    await first.close();
  });

  it('never takes a missing release for an empty one', async () => {
    const context = await failing();
    const { from } = context.record();
    await bench.disk.remove(`/var/lib/pikit/releases/${from?.name ?? ''}`);
    const error = await expectCode(rollingBack(context, quiet()), 'roll-back-failed');
    expect(error.details).toMatchObject({ reason: 'state-damaged' });
    expect(await bench.see('/var/www/pikit-web/index.html')).toBe('<h1>1.2.0</h1>');
  });
});

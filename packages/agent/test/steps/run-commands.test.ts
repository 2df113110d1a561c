/** When commands of a release run, when they do not, and what one that fails does to the update. */
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import type { JournalRecord } from '../../src/core/journal-record.ts';
import { rollingBack } from '../../src/steps/rolling-back.ts';
import { runCommands, stopCommands } from '../../src/steps/run-commands.ts';
import { laySignedUpdate } from '../support/signed-journal.ts';
import { aPolicy, aRelease, createWorkbench, quiet, type Workbench } from '../support/workbench.ts';

const POST_INSTALL = ['bin/pikit-helper migrate', 'restart pikit-api', '/usr/bin/env true'];

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.publish(aRelease('1.1.0'));
  await bench.apply('1.1.0');
  await bench.publish(aRelease('1.2.0', { manifest: { post_install: POST_INSTALL } }));
});
afterEach(() => bench.close());

const begin = async (): Promise<JournalRecord> => {
  const manifest = await readFile(bench.host('/media/releases/1.2.0/manifest.json'));
  return laySignedUpdate(bench.disk, { version: '1.2.0', manifest });
};

async function update() {
  const { id } = await begin();
  const before = bench.commands.calls.length;
  await bench.updater.recover();
  const [result] = await bench.store.loadHistory(1);
  return { id, result, calls: bench.commands.calls.slice(before) };
}

const withoutCommands = () =>
  aPolicy({ commands: { isAllowed: false, timeoutMs: 1000, user: 'root', write: [] } });

describe('commands of a signed release', () => {
  it('run in order from its tree, after what an earlier life may have left was stopped', async () => {
    const { id, result, calls } = await update();
    expect(result).toMatchObject({ outcome: 'committed', to: '1.2.0' });
    const tree = (await bench.disk.readLink('/var/lib/pikit/current')) ?? '';
    expect(calls).toEqual([
      `stop ${id}`,
      `run ${tree}/bin/pikit-helper migrate`,
      'run /usr/bin/env true',
    ]);
    const log = await bench.see(`/var/lib/pikit-update/logs/${id}.jsonl`);
    expect(log).toContain('running the command bin/pikit-helper migrate');
    expect(log).toContain('it said: migrating');
  });

  it('that fail lead back, before any service has heard of the release', async () => {
    bench.commands.broken.add('pikit-helper');
    const { id, result, calls } = await update();
    expect(result).toMatchObject({
      outcome: 'rolled-back',
      error: {
        code: 'post-install-failed',
        details: { entry: 'bin/pikit-helper migrate', reason: 'exit code 1' },
      },
    });
    expect(calls.filter((call) => call.startsWith('run '))).toHaveLength(1);
    expect(calls.at(-1)).toBe(`stop ${id}`);
    expect(await bench.see('/var/www/pikit-web/index.html')).toBe('<h1>1.1.0</h1>');
  });

  it('run again when the agent was killed in the middle', async () => {
    const { id } = await begin();
    await bench.updater.recover();
    const again = { ...(await begin()), phase: 'restarting' as const };
    await bench.store.saveJournal(again);
    bench.commands.calls.length = 0;
    await bench.restart().updater.recover();
    expect(bench.commands.calls.filter((call) => call.startsWith('run '))).toHaveLength(2);
    expect(bench.commands.calls[0]).toBe(`stop ${id}`);
  });

  it('never run on the way back that somebody asked for', async () => {
    const { calls } = await update();
    expect(calls).toHaveLength(3);
    expect(await bench.rollback()).toMatchObject({ outcome: 'committed', to: '1.1.0' });
    // There too, though it leads to a release that brings some.
    expect(await bench.rollback()).toMatchObject({ outcome: 'committed', to: '1.2.0' });
    expect(bench.commands.calls).toEqual(calls);
  });
});

const activated = async (patch: Partial<JournalRecord> = {}) => {
  const record = await begin();
  await bench.updater.recover();
  bench.commands.calls.length = 0;
  return bench.context({ ...record, phase: 'restarting', ...patch });
};

async function stuck(): Promise<void> {
  throw new Error('systemd does not answer');
}

describe('runCommands', () => {
  it('asks once more whether they may run', async () => {
    const context = await activated();
    const { signedBy: _, ...unsigned } = context.record();
    const narrow = { ...context, policy: withoutCommands() };
    await expectCode(runCommands(narrow), 'post-install-refused');
    await expectCode(runCommands({ ...context, record: () => unsigned }), 'post-install-refused');
    expect(bench.commands.calls).toEqual([]);
  });

  it('believes no manifest but the one that was reviewed', async () => {
    const context = await activated();
    const { to } = context.record();
    const file = `/var/lib/pikit/releases/${to.name}/.pikit/manifest.json`;
    await bench.put(file, '{}');
    await expectCode(runCommands(context), 'state-damaged');
    expect(bench.commands.calls).toEqual([]);
  });

  it('starts nothing while an earlier copy cannot be stopped', async () => {
    const context = await activated();
    await expect(
      runCommands({ ...context, commands: { ...context.commands, stopAll: stuck } }),
    ).rejects.toThrow('systemd does not answer');
    expect(bench.commands.calls).toEqual([]);
  });
});

describe('stopCommands', () => {
  it('does not keep the way back from its end', async () => {
    const context = bench.context(await begin());
    const alone = { ...context, commands: { ...context.commands, stopAll: stuck } };
    await stopCommands(alone);
    await rollingBack(alone, quiet());
    expect(bench.log.lines.join('\n')).toContain('a command may still be running');
    expect(await bench.see('/var/www/pikit-web/index.html')).toBe('<h1>1.1.0</h1>');
  });
});

/** Sleeping ends early only for an abort, and with its reason. */
import { describe, expect, it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../../../test/support/repository-root.ts';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { createClock } from '../../src/adapters/clock-system.ts';

const clock = createClock();

describe('createClock', () => {
  it('tells UTC with milliseconds', () => {
    expect(clock.now()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('sleeps for the time asked', async () => {
    const begin = clock.monotonicMs();
    await clock.sleep(30, new AbortController().signal);
    expect(clock.monotonicMs() - begin).toBeGreaterThanOrEqual(29);
  });

  it('rejects with the reason of the abort, before or during the sleep', async () => {
    const reason = new Error('cancelled');
    await expect(clock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const sleeping = clock.sleep(60_000, controller.signal);
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
  });

  it('does not wake at once from a sleep longer than a timer can be', async () => {
    const controller = new AbortController();
    const sleeping = clock.sleep(2 ** 40, controller.signal);
    const first = await Promise.race([
      sleeping.then(() => 'woke'),
      clock.sleep(20, new AbortController().signal).then(() => 'still asleep'),
    ]);
    expect(first).toBe('still asleep');
    controller.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
  });

  it.each([
    ['the network has set it', ['synchronised'], true],
    ['the network has not set it', [], false],
  ])('knows whether %s', async (_what, files, due) => {
    await withTempDir(async (path) => {
      for (const name of files) writeFileSync(join(path, name), '');
      const PATH = `${join(repositoryRoot(), 'test/support/bin')}:${process.env['PATH'] ?? ''}`;
      const env = { ...process.env, PATH, PIKIT_FAKE_SYSTEMD: path };
      expect(await createClock({ env }).isSynchronised()).toBe(due);
    });
  });

  it('is not believed where nobody can tell', async () => {
    expect(await createClock({ env: { PATH: '/nowhere' } }).isSynchronised()).toBe(false);
  });

  it('is not believed where the system makes no process to ask', async () => {
    // Node throws some refusals of the system, such as no memory, instead of handing them over.
    const env = { ...process.env, TOO_LONG: 'x'.repeat(200_000) };
    expect(await createClock({ env }).isSynchronised()).toBe(false);
  });

  it('draws as many random bytes as asked', () => {
    expect(clock.randomHex(3)).toMatch(/^[0-9a-f]{6}$/);
    expect(clock.randomHex(16)).not.toBe(clock.randomHex(16));
  });
});

/** systemctl as a real program on PATH: what it is asked, and what its answers become. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { createServices } from '../../src/adapters/services-systemd.ts';
import type { Services } from '../../src/system-ports.ts';

const BIN = join(import.meta.dirname, '../../../../test/support/bin');

const withServices = (
  work: (services: Services, dir: string) => Promise<void>,
  changeTimeoutMs = 10_000,
): Promise<void> =>
  withTempDir(async (dir) => {
    await mkdir(join(dir, 'units'));
    await mkdir(join(dir, 'fail'));
    await mkdir(join(dir, 'hang'));
    await writeFile(join(dir, 'units/web.service'), 'active\n');
    await writeFile(join(dir, 'units/pikit-update.timer'), 'inactive\n');
    const env = { PATH: `${BIN}:${process.env['PATH']}`, PIKIT_FAKE_SYSTEMD: dir };
    await work(createServices({ env, changeTimeoutMs }), dir);
  });

const calls = async (dir: string): Promise<readonly string[]> =>
  (await readFile(join(dir, 'calls.log'), 'utf8')).trimEnd().split('\n');

const isActive = async (services: Services, unit: string): Promise<boolean | undefined> =>
  (await services.look([unit]))[0]?.isActive;
const isStopped = async (services: Services, unit: string): Promise<boolean | undefined> =>
  (await services.look([unit]))[0]?.isStopped;

describe('createServices', () => {
  it('tells units that are there from those that are not, by one question', () =>
    withServices(async (services, dir) => {
      const units = ['web.service', 'nginx.service', 'pikit-update.timer'];
      expect(await services.look(units)).toEqual([
        { unit: 'web.service', isThere: true, isActive: true, isStopped: false },
        { unit: 'nginx.service', isThere: false, isActive: false, isStopped: false },
        { unit: 'pikit-update.timer', isThere: true, isActive: false, isStopped: true },
      ]);
      expect(await services.look([])).toEqual([]);
      expect(await calls(dir)).toEqual([
        `--no-ask-password --no-pager show --property LoadState,ActiveState,Job -- ${units.join(' ')}`,
      ]);
    }));

  it('calls a unit stopped that nobody has started, and not one that is about to start', () =>
    withServices(async (services, dir) => {
      expect(await isStopped(services, 'web.service')).toBe(false);
      expect(await isStopped(services, 'pikit-update.timer')).toBe(true);
      await mkdir(join(dir, 'jobs'));
      await writeFile(join(dir, 'jobs/pikit-update.timer'), '412\n');
      expect(await isStopped(services, 'pikit-update.timer')).toBe(false);
      await writeFile(join(dir, 'units/web.service'), 'failed\n');
      expect(await isStopped(services, 'web.service')).toBe(false);
    }));

  it('restarts, reloads, enables and disables', () =>
    withServices(async (services, dir) => {
      await services.restart('web.service');
      await services.reload('web.service');
      await services.reloadUnitFiles();
      await services.setEnabled('pikit-update.timer', true);
      expect(await isActive(services, 'pikit-update.timer')).toBe(true);
      await services.setEnabled('pikit-update.timer', false);
      expect(await isActive(services, 'pikit-update.timer')).toBe(false);
      const changes = (await calls(dir)).filter((line) => !line.includes(' show '));
      expect(changes.map((line) => line.replace('--no-ask-password --no-pager ', ''))).toEqual([
        'restart -- web.service',
        'reload -- web.service',
        'daemon-reload',
        'enable --now -- pikit-update.timer',
        'disable --now -- pikit-update.timer',
      ]);
    }));

  it('says which unit failed and what systemd said about it', () =>
    withServices(async (services, dir) => {
      await writeFile(join(dir, 'fail/web.service'), '');
      const error = await expectCode(services.restart('web.service'), 'service-failed');
      expect(error.details).toEqual({
        unit: 'web.service',
        action: 'restart',
        reason: 'Job for web.service failed because the control process exited with error code.',
      });
      expect(await isActive(services, 'web.service')).toBe(false);
      await rm(join(dir, 'fail/web.service'));
      await services.restart('web.service');
      expect(await isActive(services, 'web.service')).toBe(true);
      await expectCode(services.restart('none.service'), 'service-failed');
    }));

  it('starts a unit that was started too often, and does not try any other failure again', () =>
    withServices(async (services, dir) => {
      await mkdir(join(dir, 'results'));
      for (const bring of ['start', 'restart'] as const) {
        await writeFile(join(dir, 'units/web.service'), 'failed\n');
        await writeFile(join(dir, 'results/web.service'), 'start-limit-hit 0\n');
        await services[bring]('web.service');
        expect(await isActive(services, 'web.service')).toBe(true);
      }
      await writeFile(join(dir, 'fail/web.service'), '');
      await expectCode(services.restart('web.service'), 'service-failed');
      const tries = (await calls(dir)).filter((line) => line.includes(' restart '));
      expect(tries).toHaveLength(3);
    }));

  it('starts a unit once more whose program systemd has not come to run', () =>
    withServices(async (services, dir) => {
      await mkdir(join(dir, 'lost'));
      for (const bring of ['start', 'restart'] as const) {
        await writeFile(join(dir, 'lost/web.service'), '1\n');
        await services[bring]('web.service');
        expect(await isActive(services, 'web.service')).toBe(true);
      }
      await writeFile(join(dir, 'lost/web.service'), '2\n');
      await expectCode(services.restart('web.service'), 'service-failed');
    }));

  it('gives up on a unit that hangs', () =>
    withServices(async (services, dir) => {
      await writeFile(join(dir, 'hang/web.service'), '');
      const error = await expectCode(services.restart('web.service'), 'service-failed');
      expect(error.details['reason']).toBe('no answer within 0.3 s');
    }, 300));

  it.each([
    '--now.service',
    'a b.service',
    '../x.service',
    'web',
    'web.service\n',
    '',
    'a;b.service',
  ])('never passes the name %j on', (unit) =>
    withServices(async (services, dir) => {
      await expectCode(services.look([unit]), 'service-failed');
      await expectCode(services.restart(unit), 'service-failed');
      await expectCode(services.setEnabled(unit, true), 'service-failed');
      await expect(readFile(join(dir, 'calls.log'))).rejects.toMatchObject({ code: 'ENOENT' });
    }),
  );

  it('finds no unit on a device without systemd or without systemctl', () =>
    withTempDir(async (dir) => {
      const without = createServices({ env: { PATH: dir } });
      expect(await without.look(['web.service'])).toMatchObject([
        { isThere: false, isActive: false },
      ]);
      await expectCode(without.restart('web.service'), 'service-failed');
      const notBooted = createServices({ env: { PATH: `${BIN}:${process.env['PATH']}` } });
      expect(await notBooted.look(['web.service'])).toMatchObject([{ isThere: false }]);
      await expectCode(notBooted.restart('web.service'), 'service-failed');
    }));
});

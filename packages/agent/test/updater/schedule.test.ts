/** What the timer is told, in which order, and that a change that fails leaves nothing behind. */
import { DEFAULT_SETTINGS } from '@pikit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { schedule } from '../../src/updater/schedule.ts';
import { createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
});
afterEach(() => bench.close());

const TIMER = 'pikit-update.timer';
const DROP_IN = `/etc/systemd/system/${TIMER}.d/50-pikit.conf`;

const set = async (change: { readonly checkAt?: string; readonly autoCheck?: boolean }) =>
  schedule({ ...bench.tools, log: bench.log }, TIMER, { ...DEFAULT_SETTINGS, ...change }, change);

const callsOf = async (work: Promise<void>): Promise<readonly string[]> => {
  bench.services.calls.length = 0;
  await work;
  return bench.services.calls.map((call) => call.trim());
};

describe('schedule', () => {
  it('moves the timer, and starts it anew so that it looks at the new time', async () => {
    expect(await callsOf(set({ checkAt: '03:00' }))).toEqual([
      'daemon-reload',
      `enable ${TIMER}`,
      `restart ${TIMER}`,
    ]);
    expect(await bench.see(DROP_IN)).toContain('OnCalendar=\nOnCalendar=*-*-* 03:00:00\n');
  });

  it('writes nothing that stands there already', async () => {
    await set({ checkAt: '03:00' });
    expect(await callsOf(set({ checkAt: '03:00' }))).toEqual([`enable ${TIMER}`]);
  });

  it("leaves the timer's own time alone as long as nobody has chosen one", async () => {
    expect(await callsOf(set({ autoCheck: false }))).toEqual([`disable ${TIMER}`]);
    expect(await bench.see(DROP_IN)).toBeUndefined();
    // Chosen, it is written down although it is the usual one: the timer's own file may say another.
    await set({ checkAt: DEFAULT_SETTINGS.checkAt });
    expect(await bench.see(DROP_IN)).toContain('04:20:00');
  });

  it('starts nothing that is switched off', async () => {
    expect(await callsOf(set({ checkAt: '03:00', autoCheck: false }))).toEqual([
      'daemon-reload',
      `disable ${TIMER}`,
    ]);
  });

  it('only says so where there is no such timer', async () => {
    bench.services.units.delete(TIMER);
    expect(await callsOf(set({ checkAt: '03:00' }))).toEqual([]);
    expect(await bench.see(DROP_IN)).toBeUndefined();
    expect(bench.log.lines.join('\n')).toContain('is not on this device');
  });

  it('brings the earlier time back when systemd refuses', async () => {
    bench.services.broken.add(TIMER);
    await expectCode(set({ checkAt: '03:00' }), 'service-failed');
    expect(await bench.see(DROP_IN)).toBeUndefined();
    bench.services.broken.clear();
    await set({ checkAt: '05:00' });
    const before = await bench.see(DROP_IN);
    bench.services.broken.add(TIMER);
    await expectCode(set({ checkAt: '06:00' }), 'service-failed');
    expect(await bench.see(DROP_IN)).toBe(before);
  });

  it('fails with a code where nothing can be written', async () => {
    await bench.put(`/etc/systemd/system/${TIMER}.d`, 'a file in the way');
    await expectCode(set({ checkAt: '03:00' }), 'write-failed');
    expect(bench.services.calls.join('\n')).not.toContain(`enable ${TIMER}`);
  });
});

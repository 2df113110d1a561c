/** The mock device under the real connection and commands: a whole update, and a cancelled one. */
import { describe, expect, it } from 'vitest';
import { createMockDevice } from '../../src/mock/mock-device.ts';
import { createUpdates } from '../../src/model/updates.ts';
import { until } from '../support/api-server.ts';
import { aStatus, RELEASE } from '../support/builders.ts';

async function setUp() {
  const device = createMockDevice(aStatus({ offered: RELEASE }), 1);
  const updates = createUpdates({ base: '', now: Date.now, ...device });
  updates.start();
  await until(() => updates.situation().status !== undefined);
  return updates;
}

describe('createMockDevice', () => {
  it('installs the offered release and rolls it back', async () => {
    const updates = await setUp();
    await updates.install(RELEASE);
    await until(() => updates.situation().status?.current === '1.4.0');
    await updates.rollBack();
    await until(() => updates.situation().status?.current === '1.3.0');
    expect(updates.situation().status?.last_result).toMatchObject({
      kind: 'rollback',
      outcome: 'committed',
    });
    updates.stop();
  });

  it('finds a damaged file and repairs it', async () => {
    const updates = await setUp();
    await updates.verify();
    expect(updates.situation().status?.drift?.damaged).toBe(1);
    await updates.repair();
    await until(() => updates.situation().status?.last_result?.kind === 'repair');
    await updates.verify();
    expect(updates.situation().status?.drift?.damaged).toBe(0);
    updates.stop();
  });

  it('stops when it is cancelled in time', async () => {
    const updates = await setUp();
    await updates.install(RELEASE);
    const id = updates.situation().status?.transaction?.id;
    expect(id).toBeDefined();
    if (id !== undefined) await updates.cancel(id);
    await until(() => updates.situation().status?.last_result?.outcome === 'cancelled');
    expect(updates.situation().status?.current).toBe('1.3.0');
    updates.stop();
  });

  it('knows sessions and checks', async () => {
    const updates = await setUp();
    await updates.check();
    expect(updates.situation().problem).toBeUndefined();
    await updates.signOut();
    await until(() => updates.situation().link.kind === 'signed-out');
    await updates.signIn('anything');
    await until(() => updates.situation().link.kind === 'live');
    updates.stop();
  });
});

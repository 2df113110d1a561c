/** Each method reaches the use case that it names, with who asked. */
import { DEFAULT_SETTINGS, PROTOCOL_VERSION, type Params } from '@pikit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../src/rpc/dispatch.ts';
import { createHandlers } from '../../src/rpc/handlers.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.put('/var/www/pikit-web/index.html', 'old page');
  await bench.publish(aRelease('1.1.0'));
});
afterEach(() => bench.close());

const CALLER: Caller = { surface: 'dashboard', by: 'dashboard' };
const handlers = () => createHandlers({ ...bench, agentVersion: '0.1.0', boot: 'b', pid: 7 });

describe('createHandlers', () => {
  it('greets with version, boot and what the socket offers', async () => {
    const params: Params<'agent.hello'> = { protocol: PROTOCOL_VERSION, client: 'test' };
    expect(await handlers()['agent.hello'](params, CALLER)).toEqual({
      protocol: PROTOCOL_VERSION,
      agent: '0.1.0',
      boot: 'b',
      surface: 'dashboard',
    });
  });

  it('tells an operator how the sources are', async () => {
    const sources = [{ name: '/media/releases', failure: null }];
    expect(await handlers()['agent.inspect']({}, CALLER)).toMatchObject({ pid: 7, sources });
  });

  it('installs, tells the log and the history, and rolls back', async () => {
    const table = handlers();
    await table['update.check']({}, CALLER);
    const { offered } = await table['update.status']({}, CALLER);
    if (offered === null) throw new Error('nothing is offered');
    const { version, manifestSha256 } = offered;
    const { transaction } = await table['update.apply']({ version, manifestSha256 }, CALLER);
    await bench.updater.settled();
    const log = await table['update.log']({ transaction: null }, CALLER);
    expect(log.transaction).toBe(transaction);
    expect(log.lines.at(-1)?.message).toBe('ended: committed');
    await table['update.rollback']({}, CALLER);
    await bench.updater.settled();
    const { entries } = await table['update.history']({ limit: 10 }, CALLER);
    expect(entries.map(({ kind, by }) => [kind, by])).toEqual([
      ['rollback', 'dashboard'],
      ['apply', 'dashboard'],
    ]);
  });

  it('goes back to an older release for root', async () => {
    await bench.publish(aRelease('1.2.0'));
    await bench.apply('1.2.0');
    const { transaction } = await handlers()['update.downgrade'](
      await bench.wanted('1.1.0'),
      CALLER,
    );
    expect(await bench.updater.settled()).toMatchObject({ id: transaction, to: '1.1.0' });
  });

  it('audits, and repairs what it found', async () => {
    await bench.apply('1.1.0');
    await bench.put('/var/lib/pikit/current/pikit-api.py', 'x');
    const table = handlers();
    expect(await table['update.verify']({}, CALLER)).toMatchObject({ drift: { damaged: 1 } });
    const { transaction } = await table['update.repair']({}, CALLER);
    expect(await bench.updater.settled()).toMatchObject({
      id: transaction,
      kind: 'repair',
      by: 'dashboard',
      outcome: 'committed',
    });
  });

  it('has no log before the first transaction', async () => {
    expect(await handlers()['update.log']({ transaction: null }, CALLER)).toEqual({
      transaction: null,
      lines: [],
    });
  });

  it('changes the setting', async () => {
    expect(await handlers()['update.auto']({ autoCheck: false }, CALLER)).toEqual({
      ...DEFAULT_SETTINGS,
      autoCheck: false,
    });
  });

  it('tells the operator about the process', async () => {
    expect(await handlers()['agent.inspect']({}, CALLER)).toMatchObject({
      pid: 7,
      agent: '0.1.0',
      lock: null,
    });
  });
});

/** The one gate: unknown methods, wrong parameters, methods of the other socket, and results that break the contract. */
import { methods, PROTOCOL_VERSION, UpdateError, type MethodName } from '@pikit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createDispatch, type Caller } from '../../src/rpc/dispatch.ts';
import { createHandlers } from '../../src/rpc/handlers.ts';
import { createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
});
afterEach(() => bench.close());

const DASHBOARD: Caller = { surface: 'dashboard', by: 'dashboard' };
const ADMIN: Caller = { surface: 'admin', by: 'admin' };
const handlers = () => createHandlers({ ...bench, agentVersion: '0.1.0', boot: 'b', pid: 1 });

describe('createDispatch', () => {
  it.each(['update.install', 'constructor', '__proto__', 'toString', ''])(
    'refuses %j',
    async (method) => {
      await expectCode(createDispatch(handlers())(method, {}, ADMIN), 'invalid-request');
    },
  );

  it.each([
    ['update.apply', { version: '1.0.0' }],
    ['update.apply', { version: '1.0.0', manifestSha256: 'a'.repeat(64), path: '/etc' }],
    ['update.status', []],
    ['update.status', 'x'],
    ['update.history', { limit: 1e9 }],
    ['update.status', JSON.parse('{"__proto__":{"a":1}}')],
    ['agent.hello', { protocol: PROTOCOL_VERSION, client: 'x', constructor: 1 }],
  ])('refuses %s with %j', async (method, params) => {
    await expectCode(createDispatch(handlers())(method, params, ADMIN), 'invalid-request');
  });

  it('answers a long name with a short one', async () => {
    const long = 'n'.repeat(60_000);
    const dispatch = createDispatch(handlers());
    for (const work of [dispatch(long, {}, ADMIN), dispatch('update.status', { [long]: 1 }, ADMIN)])
      expect(
        JSON.stringify((await expectCode(work, 'invalid-request')).details).length,
      ).toBeLessThan(200);
  });

  const adminMethods = Object.entries(methods)
    .filter(([, { surface }]) => surface === 'admin')
    .map(([name]) => name);
  it.each(adminMethods)('offers %s on the root-only socket alone', async (method) => {
    const dispatch = createDispatch(handlers());
    await expectCode(dispatch(method, {}, DASHBOARD), 'forbidden');
    const ended = dispatch(method, {}, ADMIN).then(
      () => 'answered',
      (error: unknown) => (error instanceof UpdateError ? error.code : error),
    );
    // Some need parameters, and say so only to those whom they answer.
    expect(['answered', 'invalid-request']).toContain(await ended);
  });

  it('takes missing parameters as none', async () => {
    expect(await createDispatch(handlers())('update.status', undefined, DASHBOARD)).toMatchObject({
      revision: 0,
    });
  });

  it('never lets a result out that breaks the contract', async () => {
    const name: MethodName = 'update.history';
    const broken = { ...handlers(), [name]: async () => ({ entries: 'none' }) };
    // @ts-expect-error because the handler is wrong on purpose: at run time it must not pass either
    const dispatch = createDispatch(broken);
    await expect(dispatch(name, { limit: 1 }, ADMIN)).rejects.toMatchObject({ name: 'ValiError' });
  });
});

describe('agent.hello', () => {
  it('refuses another protocol version and names both', async () => {
    const dispatch = createDispatch(handlers());
    const params = { protocol: PROTOCOL_VERSION + 1, client: 'test' };
    const error = await expectCode(dispatch('agent.hello', params, ADMIN), 'incompatible-protocol');
    expect(error.details).toEqual({ ours: PROTOCOL_VERSION, theirs: PROTOCOL_VERSION + 1 });
  });
});

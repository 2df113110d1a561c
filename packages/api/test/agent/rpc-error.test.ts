/** Every kind of JSON-RPC failure and the code that it becomes. */
import { RPC_APPLICATION_ERROR } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { fromRpcError, NO_ANSWER } from '../../src/agent/rpc-error.ts';

const failure = (code: number, data?: unknown) =>
  Object.assign(new Error('secret /root/path'), { code, data });

describe('fromRpcError', () => {
  it.each([
    [NO_ANSWER, 'agent-unreachable'],
    [-32602, 'invalid-request'],
    [-32601, 'incompatible-protocol'],
    [-32603, 'internal'],
    [RPC_APPLICATION_ERROR, 'incompatible-protocol'],
  ])('turns %i without data into %s', (code, expected) => {
    expect(fromRpcError(failure(code)).code).toBe(expected);
  });

  it('keeps code, details and log id of the agent', () => {
    const data = { code: 'busy', details: { pid: 4 }, logId: 'x1' };
    const error = fromRpcError(failure(RPC_APPLICATION_ERROR, data));
    expect(error.toView()).toEqual({ code: 'busy', details: { pid: 4, logId: 'x1' } });
  });

  it.each([-32_700, -32_600, -32_601, -32_602, RPC_APPLICATION_ERROR])(
    'believes the code of the agent rather than the number %i',
    (number) => {
      const data = { code: 'invalid-request', details: { method: 'x' }, logId: null };
      const error = fromRpcError(failure(number, data));
      expect(error.toView()).toEqual({ code: 'invalid-request', details: { method: 'x' } });
    },
  );

  it('reports a code of a newer agent as internal and names it', () => {
    const data = { code: 'gremlins', details: {}, logId: null };
    const error = fromRpcError(failure(RPC_APPLICATION_ERROR, data));
    expect(error.toView()).toEqual({ code: 'internal', details: { agentCode: 'gremlins' } });
  });

  it('keeps the cause, also of something that is no JSON-RPC error', () => {
    const cause = new TypeError('odd');
    expect(fromRpcError(cause)).toMatchObject({ code: 'incompatible-protocol', cause });
  });
});

/** What is a request, and with which number of JSON-RPC 2.0 §5.1 anything else is refused. */
import { JSONRPCErrorCode } from 'json-rpc-2.0';
import { describe, expect, it } from 'vitest';
import { parseRequest, RequestError } from '../../src/rpc/request.ts';

const withId = (id: string): string => `{"jsonrpc":"2.0","method":"m","id":${id}}`;

function numberOf(line: string): number {
  try {
    parseRequest(line);
  } catch (error) {
    if (error instanceof RequestError && error.code === 'invalid-request') return error.rpcCode;
    throw error;
  }
  return 0;
}

describe('parseRequest', () => {
  it.each(['1', '-1', '"a"', '""', `"${'i'.repeat(100)}"`])('takes %s for an id', (id) => {
    expect(parseRequest(withId(id))).toMatchObject({ method: 'm', id: JSON.parse(id) });
  });

  it.each(['null', '1.5', '1e400', '9007199254740993', '{}', `"${'i'.repeat(101)}"`])(
    'takes %s for none',
    (id) => {
      expect(numberOf(withId(id))).toBe(JSONRPCErrorCode.InvalidRequest);
    },
  );

  it.each(['null', '[]', `[${withId('1')}]`, '{}', '{"jsonrpc":"2.0","method":"m"}'])(
    'refuses %s as no request',
    (line) => {
      expect(numberOf(line)).toBe(JSONRPCErrorCode.InvalidRequest);
    },
  );

  it.each(['', '{', 'm', withId('1').repeat(2)])('refuses %j as no JSON', (line) => {
    expect(numberOf(line)).toBe(JSONRPCErrorCode.ParseError);
  });
});

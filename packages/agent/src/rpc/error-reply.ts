/**
 * The agent's edge: an error becomes a JSON-RPC error object. Codes and details travel; anything that is not an
 * `UpdateError` is a bug of ours, is logged under an id, and says nothing to the peer.
 */
import { RPC_APPLICATION_ERROR, UpdateError } from '@pikit/protocol';
import {
  createJSONRPCErrorResponse,
  type JSONRPCErrorResponse,
  type JSONRPCID,
} from 'json-rpc-2.0';
import type { Clock, Log } from '../ports.ts';
import { createLogBudget } from './log-budget.ts';
import { RequestError } from './request.ts';

export type ErrorReply = (id: JSONRPCID, error: unknown) => JSONRPCErrorResponse;

export function createErrorReply({
  clock,
  log,
}: {
  readonly clock: Clock;
  readonly log: Log;
}): ErrorReply {
  const logBounded = createLogBudget({ clock, log });
  return (id, error) => {
    if (error instanceof RequestError) return reply(id, error.rpcCode, error, null);
    if (error instanceof UpdateError) return reply(id, RPC_APPLICATION_ERROR, error, null);
    const logId = clock.randomHex(4);
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const bug = { code: 'internal', details: {} } as const;
    const isLogged = logBounded('error', `[${logId}] ${text}`);
    return reply(id, RPC_APPLICATION_ERROR, bug, isLogged ? logId : null);
  };
}

function reply(
  id: JSONRPCID,
  rpcCode: number,
  { code, details }: Pick<UpdateError, 'code' | 'details'>,
  logId: string | null,
): JSONRPCErrorResponse {
  return createJSONRPCErrorResponse(id, rpcCode, code, { code, details, logId });
}

/**
 * The agent's edge: an error becomes a JSON-RPC error object. Codes and details travel; anything that is not an
 * `UpdateError` is a bug of ours, is logged under an id, and says nothing to the peer.
 */
import { RPC_APPLICATION_ERROR, UpdateError, type ErrorDetails } from '@pikit/protocol';
import {
  createJSONRPCErrorResponse,
  type JSONRPCErrorResponse,
  type JSONRPCID,
} from 'json-rpc-2.0';
import type { Clock, Log } from '../ports.ts';

export type ErrorReply = (id: JSONRPCID, error: unknown) => JSONRPCErrorResponse;

export function createErrorReply({
  clock,
  log,
}: {
  readonly clock: Clock;
  readonly log: Log;
}): ErrorReply {
  return (id, error) => {
    if (error instanceof UpdateError) return reply(id, error.code, error.details, null);
    const logId = clock.randomHex(4);
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log.error(`[${logId}] ${text}`);
    return reply(id, 'internal', {}, logId);
  };
}

function reply(
  id: JSONRPCID,
  code: string,
  details: ErrorDetails,
  logId: string | null,
): JSONRPCErrorResponse {
  return createJSONRPCErrorResponse(id, RPC_APPLICATION_ERROR, code, { code, details, logId });
}

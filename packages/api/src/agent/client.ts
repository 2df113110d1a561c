/** Calls by name over the link, checked against the protocol's table in both directions. */
import {
  methods,
  notifications,
  UpdateError,
  type MethodName,
  type Notification,
  type NotificationName,
  type Params,
  type Result,
} from '@pikit/protocol';
import * as v from 'valibot';
import type { Link } from './link.ts';

export interface Client {
  /** Throws what the agent threw, `agent-unreachable`, `invalid-request` or `incompatible-protocol`. */
  call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>>;
}

/** Reads answer at once; what asks the release server takes as long as its time limits. */
const READ_TIMEOUT_MS = 10_000;
const WRITE_TIMEOUT_MS = 120_000;
/** What reads every installed file first: a slow card has 10 MB/s, and the largest release 2 GB. */
const AUDIT_TIMEOUT_MS = 600_000;
const AUDITS: ReadonlySet<MethodName> = new Set(['update.verify', 'update.repair']);

export function createClient(link: Pick<Link, 'request'>): Client {
  return {
    async call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
      const schemas = methods[method];
      if (!v.is(schemas.params, params)) {
        throw new UpdateError('invalid-request', `parameters of ${method} fail their schema`);
      }
      const answer = await link.request(method, params, patienceMs(method));
      const result = v.safeParse(schemas.result, answer);
      if (!result.success) {
        const at = v.getDotPath(result.issues[0]) ?? 'the whole';
        throw new UpdateError('incompatible-protocol', `answer to ${method} is wrong at ${at}`);
      }
      return result.output;
    },
  };
}

function patienceMs(method: MethodName): number {
  if (AUDITS.has(method)) return AUDIT_TIMEOUT_MS;
  return methods[method].kind === 'read' ? READ_TIMEOUT_MS : WRITE_TIMEOUT_MS;
}

/** Undefined for a notification that this api does not know or cannot read: a newer agent may send more. */
export function readNotification<N extends NotificationName>(
  name: N,
  params: unknown,
): Notification<N> | undefined {
  const parsed = v.safeParse(notifications[name], params);
  return parsed.success ? parsed.output : undefined;
}

/**
 * Who calls and what each may reach: the whole rule on one screen. What a route of an update needs is read from the
 * protocol's table, so that a new method cannot be given to the wrong token by accident.
 */
import { methods, UpdateError, type MethodName } from '@pikit/protocol';
import type { SessionId, Sessions } from './sessions.ts';
import type { Scope, TokenId, Tokens } from './tokens.ts';

/**
 * `public`: nobody asks who calls, so that it is there also when a broken password file lets nobody judge a cookie. `door`: open to
 * everybody, too, and tells who is in from who is not. `owner`: accounts themselves, which no token reaches.
 */
export type Access = 'public' | 'door' | Scope | 'owner';

export const isOpen = (access: Access): access is 'public' | 'door' =>
  access === 'public' || access === 'door';

export type Caller =
  | { readonly kind: 'session'; readonly id: SessionId }
  | { readonly kind: 'proxy'; readonly user: string }
  | { readonly kind: 'token'; readonly id: TokenId; readonly scopes: readonly Scope[] };

export function accessOf(method: MethodName): Scope {
  return methods[method].kind === 'read' ? 'read' : 'update';
}

/** Throws `unauthenticated` without a caller, and `forbidden` (reason `scope`) beyond what a token is for. */
export function checkAccess(caller: Caller | undefined, access: Access): void {
  if (isOpen(access)) return;
  if (caller === undefined) throw new UpdateError('unauthenticated', 'no session and no token');
  if (caller.kind !== 'token') return;
  if (access === 'owner' || !caller.scopes.includes(access)) {
    throw new UpdateError('forbidden', 'the token is not for this', {
      details: { reason: 'scope', needed: access },
    });
  }
}

interface Registers {
  readonly sessions: Pick<Sessions, 'isAlive'>;
  readonly tokens: Pick<Tokens, 'isAlive'>;
}

/** Whether what the caller came with still counts; for streams, which outlive their request. */
export function isStillIn(caller: Caller, { sessions, tokens }: Registers): boolean {
  switch (caller.kind) {
    case 'session':
      return sessions.isAlive(caller.id);
    case 'token':
      return tokens.isAlive(caller.id);
    case 'proxy':
      return true;
  }
}

/** All open streams together: whose they are, how many there may be, and the end of all. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../test/support/expect-code.ts';
import type { Caller } from '../src/auth/caller.ts';
import type { SessionId } from '../src/auth/sessions.ts';
import type { TokenId } from '../src/auth/tokens.ts';
import { createOpenStreams } from '../src/open-streams.ts';

const callerOf = (name: string): Caller => ({ kind: 'session', id: name as SessionId });
const one = callerOf('one');
const two = callerOf('two');
const script: Caller = { kind: 'token', id: 'three' as TokenId, scopes: ['read'] };

const create = () => {
  const revoked = new Set<Caller>();
  const streams = createOpenStreams({
    heartbeatMs: 60_000,
    isStillIn: (caller) => !revoked.has(caller),
    maxStreams: 3,
  });
  const ended: string[] = [];
  const open = (caller: Caller | undefined) =>
    streams.open({
      caller,
      onEnd: () => ended.push(caller?.kind === 'session' ? caller.id : 'nobody'),
      // because no test here reads slowly.
      onTooSlow: () => undefined,
    });
  return { streams, revoked, ended, open };
};

describe('createOpenStreams', () => {
  it('ends the streams of who is revoked, and no others', () => {
    const { streams, revoked, ended, open } = create();
    open(one);
    open(two);
    open(one);
    streams.endRevoked();
    expect(ended).toEqual([]);
    revoked.add(one);
    streams.endRevoked();
    expect(ended).toEqual(['one', 'one']);
    streams.endAll();
    expect(ended).toEqual(['one', 'one', 'two']);
  });

  it('ends a stream that is opened during the shutdown', () => {
    const { streams, ended, open } = create();
    streams.endAll();
    open(undefined);
    expect(ended).toEqual(['nobody']);
  });

  it('limits how many are open, and counts those no more that ended', async () => {
    const { streams, open } = create();
    const [first] = Array.from({ length: 3 }, () => open(one));
    await expectCode(() => open(one), 'rate-limited');
    first?.end();
    open(one);
    streams.endAll();
  });

  it('takes a place from who holds most of them for who holds fewer, and never the last one', async () => {
    const { streams, ended, open } = create();
    for (let i = 0; i < 3; i += 1) open(one);
    open(two);
    expect(ended).toEqual(['one']);
    await expectCode(() => open(one), 'rate-limited');
    await expectCode(() => open(two), 'rate-limited');
    open(script);
    expect(ended).toEqual(['one', 'one']);
    await expectCode(() => open(callerOf('four')), 'rate-limited');
    streams.endAll();
  });
});

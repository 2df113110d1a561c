/** All open streams together: whose they are, how many there may be, and the end of all. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../test/support/expect-code.ts';
import type { SessionId } from '../src/auth/sessions.ts';
import { createOpenStreams } from '../src/open-streams.ts';

const one = 'one' as SessionId;
const two = 'two' as SessionId;

const create = () => {
  const streams = createOpenStreams({ heartbeatMs: 60_000, isAlive: () => true });
  const ended: string[] = [];
  const open = (session: SessionId | undefined) =>
    streams.open({
      session,
      onEnd: () => ended.push(session ?? 'nobody'),
      // because no test here reads slowly.
      onTooSlow: () => undefined,
    });
  return { streams, ended, open };
};

describe('createOpenStreams', () => {
  it('ends the streams of one session only', () => {
    const { streams, ended, open } = create();
    open(one);
    open(two);
    open(one);
    streams.endSession(one);
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
    const [first] = Array.from({ length: 64 }, () => open(one));
    await expectCode(() => open(two), 'rate-limited');
    first?.end();
    open(two);
    streams.endAll();
  });
});

/** The log: complete, without doubles, whatever arrives first. */
import { describe, expect, it } from 'vitest';
import type { LogLine, TransactionId } from '@pikit/protocol';
import type { Answer } from '../../src/model/call.ts';
import type { Log } from '../../src/model/commands.ts';
import { createLogFollower, joinLines } from '../../src/model/log-follower.ts';
import { ID } from '../support/builders.ts';

const OTHER = '20261123T120000Z-000000' as TransactionId;
const line = (message: string): LogLine => ({ at: 't', level: 'info', message });
const answer = (...messages: string[]): Answer<Log> => ({
  ok: true,
  value: { transaction: ID, lines: messages.map(line) },
  headers: new Headers(),
});

/** A follower whose answers come when the test says so. */
function setUp() {
  const waiting: ((answer: Answer<Log>) => void)[] = [];
  const follower = createLogFollower({
    commands: { log: () => new Promise((resolve) => waiting.push(resolve)) },
    onChange: () => undefined,
  });
  return {
    follower,
    reply: (index: number, given: Answer<Log>) => waiting[index]?.(given),
    texts: () => follower.view()?.lines?.map(({ message }) => message),
  };
}

describe('joinLines', () => {
  it('adds only what is missing', () => {
    const joined = joinLines([line('a'), line('b')], [line('b'), line('c')]);
    expect(joined.map(({ message }) => message)).toEqual(['a', 'b', 'c']);
  });
});

describe('createLogFollower', () => {
  it('shows nothing while nobody looks', () => {
    const { follower } = setUp();
    follower.append(ID, line('a'));
    expect(follower.view()).toBeUndefined();
  });

  it('joins lines that came before the answer', async () => {
    const { follower, reply, texts } = setUp();
    const followed = follower.follow(ID);
    expect(follower.view()).toEqual({ transaction: ID, lines: undefined });
    follower.append(ID, line('b'));
    follower.append(ID, line('c'));
    reply(0, answer('a', 'b'));
    await followed;
    follower.append(ID, line('d'));
    follower.append(OTHER, line('not ours'));
    expect(texts()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('shows the new log when another update has begun in between', async () => {
    const { follower, reply, texts } = setUp();
    const first = follower.follow(ID);
    const second = follower.follow(OTHER);
    reply(1, answer('new'));
    reply(0, answer('old'));
    await Promise.all([first, second]);
    expect(texts()).toEqual(['new']);
  });

  it('hands a refusal on and keeps what it has', async () => {
    const { follower, reply, texts } = setUp();
    const first = follower.follow(ID);
    reply(0, answer('a'));
    await first;
    const again = follower.follow(ID);
    reply(1, { ok: false, error: { code: 'no-connection', details: {} } });
    expect(await again).toMatchObject({ code: 'no-connection' });
    expect(texts()).toEqual(['a']);
  });

  it('has an empty log before the first update', async () => {
    const { follower } = setUp();
    await follower.follow(null);
    expect(follower.view()).toEqual({ transaction: undefined, lines: [] });
    follower.leave();
    expect(follower.view()).toBeUndefined();
  });
});

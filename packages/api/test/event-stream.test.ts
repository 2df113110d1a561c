/** One event stream: order, format, a reader that does not read, and the end. */
import { describe, expect, it } from 'vitest';
import { waitFor } from '../../../test/support/wait-for.ts';
import { createEventStream, encodeEvent } from '../src/event-stream.ts';
import { readEvents } from './support/event-reader.ts';

const open = ({
  maxQueuedBytes = 10_000,
  heartbeatMs = 60_000,
  isAllowed = (): boolean => true,
} = {}) => {
  const told: string[] = [];
  const stream = createEventStream({
    maxQueuedBytes,
    heartbeatMs,
    isAllowed,
    onEnd: () => told.push('end'),
    onTooSlow: () => told.push('too slow'),
  });
  return { stream, told, events: readEvents(new Response(stream.body)) };
};

describe('createEventStream', () => {
  it('delivers what was sent before and while somebody reads, in order', async () => {
    const { stream, events } = open();
    stream.send(encodeEvent({ event: 'a', data: 1 }));
    stream.send(encodeEvent({ event: 'b', id: 'x:1', data: { text: 'two\nlines' } }));
    expect((await events.next())?.text).toBe('retry: 2000');
    expect(await events.next()).toMatchObject({ event: 'a', data: 1, id: undefined });
    expect(await events.next()).toMatchObject({
      event: 'b',
      data: { text: 'two\nlines' },
      id: 'x:1',
    });
    const later = events.next();
    stream.send(encodeEvent({ event: 'c', data: null }));
    expect(await later).toMatchObject({ event: 'c', data: null });
  });

  it('delivers everything that was sent before the end, and nothing after', async () => {
    const { stream, events, told } = open();
    stream.send(encodeEvent({ event: 'a', data: 1 }));
    stream.end();
    stream.end();
    stream.send(encodeEvent({ event: 'b', data: 2 }));
    expect((await events.rest()).map(({ event }) => event)).toEqual(['', 'a']);
    expect(told).toEqual(['end']);
  });

  it('cuts off a reader that does not read', () => {
    const { stream, told } = open({ maxQueuedBytes: 1000 });
    for (let i = 0; i < 50; i += 1) stream.send(encodeEvent({ event: 'a', data: 'x'.repeat(100) }));
    expect(told).toEqual(['end', 'too slow']);
  });

  it('never cuts off a reader that keeps up', async () => {
    const { stream, events, told } = open({ maxQueuedBytes: 1000 });
    await events.next();
    for (let i = 0; i < 50; i += 1) {
      stream.send(encodeEvent({ event: 'a', data: 'x'.repeat(100) }));
      await events.next();
    }
    expect(told).toEqual([]);
  });

  it('tells once that its reader left', async () => {
    const { stream, events, told } = open();
    await events.next();
    await events.leave();
    stream.send(encodeEvent({ event: 'a', data: 1 }));
    stream.end();
    expect(told).toEqual(['end']);
  });

  it('sends signs of life until it is no longer allowed', async () => {
    let isAllowed = true;
    const { events, told } = open({ heartbeatMs: 5, isAllowed: () => isAllowed });
    await events.next();
    expect((await events.next())?.text).toBe(': still here');
    isAllowed = false;
    await events.rest();
    await waitFor('the end', () => told.length === 1);
  });

  it('cannot be made to carry a second event in an id', async () => {
    const { stream, events } = open();
    stream.send(encodeEvent({ event: 'a', id: 'x\n\nevent: forged', data: 1 }));
    stream.end();
    expect((await events.rest()).map(({ event }) => event)).toEqual(['', 'a']);
  });
});

/** Whose word about the sender is believed. */
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { clientAddress, isHttps, type ApiEnv } from '../src/request.ts';

const ask = async (address: string | undefined, headers: Record<string, string>) => {
  const app = new Hono<ApiEnv>();
  app.get('/', (c) => c.json([clientAddress(c), isHttps(c)]));
  const env = { incoming: { socket: { remoteAddress: address } } };
  return (await app.request('/', { headers }, env)).json();
};
const told = { 'x-forwarded-for': '6.6.6.6, 10.0.0.9', 'x-forwarded-proto': 'https' };

describe('clientAddress and isHttps', () => {
  it.each([
    ['127.0.0.1', ['10.0.0.9', true]],
    ['::ffff:127.0.0.1', ['10.0.0.9', true]],
    ['::1', ['10.0.0.9', true]],
    [undefined, ['10.0.0.9', true]],
    ['192.168.1.5', ['192.168.1.5', false]],
    ['::ffff:192.168.1.5', ['192.168.1.5', false]],
  ])('believe a proxy at %s accordingly', async (address, expected) => {
    expect(await ask(address, told)).toEqual(expected);
  });

  it('need no proxy', async () => {
    expect(await ask('127.0.0.1', {})).toEqual(['127.0.0.1', false]);
    expect(await ask(undefined, {})).toEqual(['local', false]);
    expect(await ask('127.0.0.1', { 'x-forwarded-for': ' ' })).toEqual(['127.0.0.1', false]);
  });
});

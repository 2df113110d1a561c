/** What servers say of how long they want to be left alone, in each of their ways. */
import { describe, expect, it } from 'vitest';
import { pauseMs } from '../../src/adapters/rate-limit.ts';

const NOW = '2026-11-26T10:00:00.000Z';
const IN_A_MINUTE = String(Date.parse(NOW) / 1000 + 60);
const DAY = 24 * 60 * 60 * 1000;

const pause = (status: number, headers: Readonly<Record<string, string>>, now = NOW) =>
  pauseMs({ status, header: (name) => headers[name] }, now);

describe('pauseMs', () => {
  it.each([
    ['seconds', 429, { 'retry-after': '120' }, 120_000],
    ['a date', 503, { 'retry-after': 'Thu, 26 Nov 2026 10:00:30 GMT' }, 30_000],
    ['GitHub', 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': IN_A_MINUTE }, 60_000],
    ['its second limit', 403, { 'retry-after': '60', 'x-ratelimit-remaining': '9' }, 60_000],
    ['seconds left', 429, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '7' }, 7000],
    ['an old draft', 429, { 'ratelimit-remaining': '0', 'ratelimit-reset': '50' }, 50_000],
    ['one of one line', 429, { ratelimit: 'limit=10, remaining=0, reset=50' }, 50_000],
    ['a new draft', 429, { ratelimit: '"default";r=0;t=30' }, 30_000],
    ['too long a time', 429, { 'retry-after': '999999999' }, DAY],
    ['a time that is over', 429, { 'retry-after': 'Thu, 26 Nov 2020 10:00:30 GMT' }, 0],
  ])('reads %s', (_what, status, headers, expected) => {
    expect(pause(status, headers)).toBe(expected);
  });

  it.each([
    ['no word of it', 429, {}],
    ['a plain refusal', 403, { 'x-ratelimit-remaining': '59', 'x-ratelimit-reset': IN_A_MINUTE }],
    ['an answer that is one', 200, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '9' }],
    ['another refusal', 404, { 'retry-after': '60' }],
    ['nonsense', 429, { 'retry-after': 'soon', ratelimit: 'r=x', 'x-ratelimit-remaining': '0' }],
  ])('finds none in %s', (_what, status, headers) => {
    expect(pause(status, headers)).toBeUndefined();
  });

  it("goes by the server's clock where a time of day is given, because ours may be wrong", () => {
    const headers = {
      date: 'Thu, 26 Nov 2026 10:00:00 GMT',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': IN_A_MINUTE,
    };
    expect(pause(403, headers, '1970-01-01T00:00:00.000Z')).toBe(60_000);
  });
});

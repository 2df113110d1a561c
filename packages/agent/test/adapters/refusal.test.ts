/** What follows from an answer that is not what was asked for: an end, a pause or another try. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { createClock } from '../../src/adapters/clock-system.ts';
import { createDisk } from '../../src/adapters/disk-posix.ts';
import type { HttpAnswer } from '../../src/adapters/http.ts';
import { createPauses } from '../../src/adapters/pauses.ts';
import { judgeRefusal, refusePage } from '../../src/adapters/refusal.ts';
import { chunksOf } from './recording-file-system.ts';

const URL = 'https://git.example/api';

function answer(status: number, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  const header = (name: string) => headers[name];
  const body = chunksOf('');
  return { status, header, redirected: false, from: URL, body, discard: () => undefined };
}

const judge = (given: HttpAnswer) =>
  withTempDir((root) => {
    const clock = createClock();
    const pauses = createPauses({ disk: createDisk({ root }), clock, path: '/pauses' });
    return judgeRefusal({ clock, pauses }, URL, given, 5000);
  });

describe('judgeRefusal', () => {
  it.each([
    [400, 'source-refused'],
    [403, 'source-refused'],
    [404, 'source-refused'],
    [407, 'proxy-failed'],
    [410, 'source-refused'],
    [511, 'captive-portal'],
  ] as const)('tries %i never again: %s', async (status, code) => {
    await expectCode(judge(answer(status)), code);
  });

  it.each([
    [408, 'source-refused'],
    [429, 'source-limited'],
    [500, 'source-refused'],
    [503, 'source-refused'],
  ] as const)('may try %i again', async (status, code) => {
    const { failure, afterMs } = await judge(answer(status));
    expect({ code: failure.code, afterMs }).toEqual({ code, afterMs: undefined });
  });

  it('waits for a short pause, and tells a long one', async () => {
    const short = answer(403, { 'retry-after': '5' });
    expect((await judge(short)).afterMs).toBe(5000);
    const error = await expectCode(judge(answer(403, { 'retry-after': '6' })), 'source-limited');
    expect(error.details).toMatchObject({ url: 'https://git.example', retryAfterSeconds: 6 });
  });
});

describe('refusePage', () => {
  const page = { 'content-type': 'text/html; charset=utf-8' };

  it('takes a page for somebody else, or for a page to sign in where the server itself sent us there', async () => {
    await expectCode(() => refusePage(URL, answer(200, page)), 'captive-portal');
    const moved = { ...answer(200, page), redirected: true };
    const error = await expectCode(() => refusePage(URL, moved), 'source-refused');
    expect(error.details['status']).toBe(200);
    const away = { ...moved, from: 'http://portal.example/welcome?token=secret' };
    const portal = await expectCode(() => refusePage(URL, away), 'captive-portal');
    expect(portal.details['reason']).toBe('sent to http://portal.example');
  });

  it('leaves everything else alone, errors with a page included', () => {
    for (const given of [answer(200), answer(206), answer(404, page)]) refusePage(URL, given);
  });
});

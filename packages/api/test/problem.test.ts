/** Every code's status, and the shape of every refusal. */
import { ERROR_CODES, UpdateError, type ErrorCode } from '@pikit/protocol';
import { Hono } from 'hono';
import { requestId } from 'hono/request-id';
import { describe, expect, it } from 'vitest';
import { asUpdateError, problem, STATUS_OF } from '../src/problem.ts';
import type { ApiEnv } from '../src/request.ts';

const answer = async (error: UpdateError): Promise<Response> => {
  const app = new Hono<ApiEnv>().use(requestId());
  app.get('/', (c) => problem(c, error));
  return app.request('/', { headers: { 'x-request-id': 'r-1' } });
};

describe('problem', () => {
  it.each(ERROR_CODES)('answers %s with a problem document', async (code) => {
    const response = await answer(new UpdateError(code, 'secret', { details: { file: 'a' } }));
    expect(response.status).toBe(STATUS_OF[code]);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toEqual({
      type: `urn:pikit:error:${code}`,
      title: code.replaceAll('-', ' '),
      status: STATUS_OF[code],
      code,
      details: { file: 'a' },
      requestId: 'r-1',
    });
  });

  it.each<[ErrorCode, number]>([
    ['unauthenticated', 401],
    ['forbidden', 403],
    ['invalid-request', 400],
    ['busy', 409],
    ['manifest-changed', 412],
    ['rate-limited', 429],
    ['agent-unreachable', 503],
    ['no-space', 507],
    ['internal', 500],
  ])('gives %s the status that HTTP has for it', (code, status) => {
    expect(STATUS_OF[code]).toBe(status);
  });

  it('says when to come back, in the error’s own words where it has some', async () => {
    const limited = new UpdateError('rate-limited', 'x', { details: { retryAfterSeconds: 42 } });
    expect((await answer(limited)).headers.get('retry-after')).toBe('42');
    const away = new UpdateError('agent-unreachable', 'x');
    expect((await answer(away)).headers.get('retry-after')).toBe('5');
    expect((await answer(new UpdateError('busy', 'x'))).headers.get('retry-after')).toBeNull();
  });
});

describe('a problem of who is not in', () => {
  it('names the scheme that scripts use, and no other does', async () => {
    const unknown = await answer(new UpdateError('unauthenticated', 'x'));
    expect(unknown.headers.get('www-authenticate')).toBe('Bearer');
    const forbidden = await answer(new UpdateError('forbidden', 'x'));
    expect(forbidden.headers.get('www-authenticate')).toBeNull();
  });
});

describe('asUpdateError', () => {
  it('hides what it does not know and keeps it as the cause', () => {
    const cause = new Error('secret /etc/path');
    const error = asUpdateError(cause);
    expect(error.toView()).toEqual({ code: 'internal', details: {} });
    expect(error.cause).toBe(cause);
  });

  it('leaves a refusal as it is', () => {
    const error = new UpdateError('busy', 'x');
    expect(asUpdateError(error)).toBe(error);
  });
});

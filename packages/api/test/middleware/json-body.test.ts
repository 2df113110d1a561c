/** Bodies that are refused before anybody acts on them. */
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { checkInput } from '../../src/middleware/json-body.ts';
import { createApiFixture, type ApiFixture } from '../support/api-fixture.ts';

let api: ApiFixture;
beforeEach(async () => {
  api = await createApiFixture();
});
afterEach(() => api.stop());

const post = (body: string, headers: Record<string, string | undefined> = {}) =>
  api.request('/api/session', { method: 'POST', body, headers });

describe('jsonOnly', () => {
  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'json'])(
    'refuses a body of type %s',
    async (type) => {
      const answer = await post('{"password":"x"}', { 'content-type': type });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ details: { reason: 'content-type' } });
    },
  );

  it('refuses a body without a type', async () => {
    const answer = await post('{}', { 'content-type': undefined, 'content-length': '2' });
    expect(await answer.json()).toMatchObject({ details: { reason: 'content-type' } });
  });

  it('needs no type where there is no body', async () => {
    const answer = await api.request('/api/session', {
      method: 'DELETE',
      headers: { 'content-type': undefined },
    });
    expect(answer.status).toBe(200);
  });

  it('takes the type with its charset', async () => {
    const answer = await post('{"password":"x"}', {
      'content-type': 'Application/JSON; charset=utf-8',
    });
    expect(answer.status).toBe(401);
  });
});

describe('smallBody', () => {
  it.each(['17000', undefined])('refuses 17 KB announced as %s', async (length) => {
    const body = JSON.stringify({ password: 'x'.repeat(17_000) });
    const answer = await post(body, { 'content-length': length });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({
      code: 'invalid-request',
      details: { reason: 'too-large', limit: 16_384 },
    });
  });
});

describe('smallBody, of one that does not come', () => {
  it('takes it for the client’s leaving, and for no bug', async () => {
    const body = new ReadableStream({ pull: (to) => to.error(new Error('aborted')) });
    const init = { method: 'POST', body, duplex: 'half' };
    const answer = await api.request('/api/session', init);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ details: { reason: 'broke-off' } });
    const line = api.log.lines.find((each) => each.startsWith('<4>'));
    expect(line).toContain('POST /api/session invalid-request');
    expect(line).toContain('the body broke off: aborted\n');
  });

  it('leaves what follows its own failures', async () => {
    Object.assign(api.tokens, {
      create: () => {
        throw new TypeError('nobody foresaw this');
      },
    });
    const answer = await api.post('/api/session/tokens', { name: 'a', scopes: ['read'] });
    expect(await answer.json()).toMatchObject({ code: 'internal' });
  });
});

describe('readBody', () => {
  it.each(['', '{', 'undefined'])('refuses %j, which is not JSON', async (body) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ details: { reason: 'not-json' } });
  });

  it('names wrong fields and repeats no value', async () => {
    const text = await (await post('{"password":12345678901,"user":"root"}')).text();
    expect(JSON.parse(text)).toMatchObject({
      code: 'invalid-request',
      details: { reason: 'schema', fields: 'password user' },
    });
    expect(text).not.toContain('12345678901');
    expect(text).not.toContain('root');
  });

  it('tells back no name that is none, and logs nothing of what it cannot read', async () => {
    const named = await post('{"password":"a","<b>":1,"constructor":2}');
    expect(await named.json()).toMatchObject({ details: { reason: 'schema' } });
    await post('hunter2');
    const told = (await (await post('{"password":"a","<b>":1}')).text()) + api.log.lines.join('');
    expect(told).not.toMatch(/<b>|hunter2/);
  });
});

describe('checkInput', () => {
  it('returns what the schema makes of it', () => {
    expect(checkInput(v.pipe(v.string(), v.trim()), ' a ')).toBe('a');
  });

  it('calls the whole input the body', async () => {
    const error = await expectCode(() => checkInput(v.string(), 1), 'invalid-request');
    expect(error.details).toEqual({ reason: 'schema', fields: 'body' });
  });
});

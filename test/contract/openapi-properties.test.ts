/**
 * The api keeps what its OpenAPI document promises, whatever is asked: bodies, parameters and headers are drawn from the
 * document and from around it. fast-check prints the seed of what fails; PIKIT_FUZZ_SEED draws it again.
 */
import { join } from 'node:path';
import * as fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../packages/api/test/support/bundle.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';
import { CALLS, objection, resolve, type Call } from './http/document.ts';
import { expectAnyProblem } from './http/row.ts';
import { startApi, type Reply, type RunningApi } from './http/running-api.ts';
import { around, fitting } from './http/schema-values.ts';

const seed = Number(process.env['PIKIT_FUZZ_SEED'] ?? String(Date.now() % 2 ** 31));

/** For each of the properties, with more draws than it has time for on a busy machine. */
const TIME_MS = 7000;
const DRAWS = 4000;

/** Bodies that fit, for each call. */
const FITS = 5;

let directory: TempDir;
let api: RunningApi;
let owner: string;
beforeAll(async () => {
  directory = await makeTempDir();
  const source = join(repositoryRoot(), 'packages/api/src/main.ts');
  api = await startApi(await bundle(source, join(directory.path, 'pikit-api.mjs')));
  owner = await api.cookie();
  await api.bearer('read');
  await api.bearer('update');
});
afterAll(async () => {
  await api.stop();
  await directory.remove();
});

interface Drawn {
  readonly call: Call;
  readonly path: string;
  readonly body: string | undefined;
  readonly type: string;
  readonly who: 'owner' | 'reader' | 'updater' | 'nobody';
  readonly headers: Readonly<Record<string, string>>;
}

const heading = fc.string({ unit: 'grapheme-ascii', maxLength: 30 }).map((text) => text.trim());

const headers = fc.dictionary(
  fc.constantFrom(
    'accept',
    'x-request-id',
    'x-forwarded-proto',
    'last-event-id',
    'if-none-match',
    'accept-encoding',
    'user-agent',
    'x-forwarded-for',
    'range',
    'expect-ct',
    'cookie2',
  ),
  fc.oneof(heading, fc.constantFrom('text/event-stream', '*/*', 'gzip', 'b1:7', '127.0.0.1')),
  { maxKeys: 4 },
);

/** A body is drawn for what takes none, too; text that is no JSON now and then. */
function bodyOf({
  bodies,
}: Call): Arbitrary<{ readonly type: string; readonly body: string | undefined }> {
  const drawn = Object.entries(bodies).map(([type, { schema }]) => {
    const isJson = type === 'application/json';
    const value = isJson
      ? around(schema, resolve).map((each) => JSON.stringify(each))
      : fc.string();
    return value.map((body) => ({ type, body }));
  });
  const text = fc.record({
    type: fc.constantFrom('application/json', 'application/json; charset=utf-8', 'text/plain'),
    body: fc.oneof(
      fc.constant(undefined),
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.json(),
    ),
  });
  return fc.oneof(...drawn.map((arbitrary) => ({ arbitrary, weight: 5 })), text);
}

/** Of the parameters the path's and the query's, each as it should be, as anything, or not at all. */
function pathOf({ path, parameters }: Call): Arbitrary<string> {
  const values = parameters.map((parameter) => {
    const fits = fitting(parameter.schema, resolve).map(String);
    const value = fc.oneof(fits, fc.string({ unit: 'grapheme', maxLength: 20 }));
    return fc.option(value, { nil: undefined }).map((text) => ({ ...parameter, text }));
  });
  return fc.tuple(...values).map((drawn) => {
    const query = new URLSearchParams();
    let filled = path;
    for (const { name, in: place, text } of drawn) {
      const written = text ?? 'a';
      if (place === 'path')
        filled = filled.replace(`{${name}}`, encodeURIComponent(written) || 'a');
      else if (text !== undefined) query.append(name, written);
    }
    return query.size === 0 ? filled : `${filled}?${query.toString()}`;
  });
}

/** The owner's own session must last, and so must the patience of the throttle: the draws are about answers, not about them. */
const isAllowed = ({ call, who }: Drawn): boolean =>
  !(call.name === 'DELETE /api/session' && who === 'owner');

const drawsOf = (call: Call): Arbitrary<Drawn> =>
  fc
    .record({
      call: fc.constant(call),
      path: pathOf(call),
      sent: bodyOf(call),
      who: fc.constantFrom<Drawn['who'][]>('owner', 'owner', 'reader', 'updater', 'nobody'),
      headers,
    })
    .map(({ sent, ...rest }) => ({ ...rest, ...sent }));

const draws = fc.oneof(...CALLS.map(drawsOf)).filter(isAllowed);

async function carryOut({ call, path, body, type, who, headers }: Drawn): Promise<Reply> {
  const shown = {
    owner: { cookie: owner },
    reader: { authorization: await api.bearer('read') },
    updater: { authorization: await api.bearer('update') },
    nobody: {},
  }[who];
  const isRead = call.method === 'GET';
  return api.ask(call.method, path, {
    headers: {
      ...headers,
      // Over https the owner's cookie has another name.
      'x-forwarded-proto': 'http',
      ...shown,
      ...(isRead ? {} : { origin: api.url() }),
      ...(isRead || body === undefined ? {} : { 'content-type': type }),
    },
    ...(isRead || body === undefined ? {} : { body }),
  });
}

/** Holds for each draw, and says how many there were. */
async function check(holds: (drawn: Drawn, reply: Reply) => void): Promise<void> {
  let tries = 0;
  const property = fc.asyncProperty(draws, async (drawn) => {
    const reply = await carryOut(drawn);
    holds(drawn, reply);
    expect(objection(drawn.call, reply), reply.text).toBeUndefined();
    if (reply.status >= 400) expectAnyProblem(reply);
    tries += 1;
  });
  await fc.assert(property, { seed, numRuns: DRAWS, interruptAfterTimeLimit: TIME_MS });
  process.stderr.write(`answers by the document: ${tries} tries, seed ${seed}\n`);
  expect(tries).toBeGreaterThan(0);
}

describe('objection', () => {
  const call = CALLS.find(({ name }) => name === 'POST /api/update/auto');
  const reply = { status: 200, headers: { 'content-type': 'application/json' }, text: '{}' };

  it.each([
    ['a member is missing', reply, "must have required property 'autoCheck'"],
    ['the type is another', { ...reply, headers: {} }, 'no answer 200 of the type '],
    ['the status is another', { ...reply, status: 201 }, 'no answer of the status 201'],
    ['a refusal has no code', { ...reply, status: 400 }, 'of the type application/json'],
  ])('is raised where %s', (_what, wrong, words) => {
    if (call === undefined) throw new Error('no such call');
    expect(objection(call, wrong)).toContain(words);
    expect(objection(call, { ...reply, text: '{"autoCheck":true}' })).toBeUndefined();
  });
});

/** Only a password opens these, and none is drawn that is right. */
const CLOSED = ['POST /api/session', 'POST /api/session/setup', 'POST /api/session/password'];

/** What is in a body of another type no schema tells. */
const ofJson = CALLS.filter(({ bodies }) =>
  Object.keys(bodies).every((type) => type === 'application/json'),
);

describe('what the document allows', () => {
  it.each(ofJson)('$name takes', async (call) => {
    const schema = call.bodies['application/json']?.schema;
    const bodies =
      schema === undefined
        ? [undefined]
        : fc
            .sample(fitting(schema, resolve), { seed, numRuns: FITS })
            .map((value) => JSON.stringify(value));
    for (const body of bodies) {
      const path = call.path.replace('{id}', 'a');
      const who = call.name === 'DELETE /api/session' ? 'nobody' : 'owner';
      const reply = await carryOut({
        call,
        path,
        who,
        headers: {},
        type: 'application/json',
        body,
      });
      expect([reply.status < 400, reply.text]).toEqual([!CLOSED.includes(call.name), reply.text]);
      expect(objection(call, reply), reply.text).toBeUndefined();
    }
  });
});

describe('whatever is asked', () => {
  it('the answer is one of the document, and never a failure of ours', async () => {
    await check((_drawn, reply) => expect(reply.status).toBeLessThan(500));
  });

  it('without an agent it is 503, with the time after which to come back', async () => {
    await api.agent.stop();
    await check((_drawn, reply) => {
      if (reply.status < 500) return;
      expect([reply.status, reply.text]).toEqual([
        503,
        expect.stringContaining('agent-unreachable'),
      ]);
      expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    });
  });
});

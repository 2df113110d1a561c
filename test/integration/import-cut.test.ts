/**
 * Uploads that do not arrive, come at once, or are too large, and what is left when one of the two programs dies in the middle of
 * one: nothing, at the latest when they run again.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { request, type ClientRequest } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiClient } from '../support/api-client.ts';
import { buildRelease } from '../support/bundle-builder.ts';
import { createMinisignKey } from '../support/minisign-key.ts';
import { tarRelease } from '../support/release-file.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait-for.ts';
import { openScene, type Scene } from './scene.ts';

const maintainer = createMinisignKey();

let dir: TempDir;
let scene: Scene;
let token: string;
beforeEach(async () => {
  dir = await makeTempDir();
  scene = await openScene({
    source: { kind: 'static', url: 'http://127.0.0.1:9' },
    keys: { maintainer: maintainer.publicFile },
  });
  const made = await scene.client.post('/api/session/tokens', { name: 'x', scopes: ['update'] });
  ({ token } = made.body as { token: string });
});
afterEach(async () => {
  await scene.close();
  await dir.remove();
});

/** Large enough that staging takes a while. */
async function aFile(version: string): Promise<Buffer> {
  const photos = Array.from({ length: 40 }, (_, index) => [
    `pikit-web/photo-${String(index)}.jpg`,
    randomBytes(500_000),
  ]);
  const { dir: folder } = await buildRelease(
    { version, form: 'seekable', signer: maintainer, files: Object.fromEntries(photos) },
    join(dir.path, 'releases'),
  );
  await tarRelease(folder, join(dir.path, 'release.tar'));
  return readFile(join(dir.path, 'release.tar'));
}

interface Sending {
  readonly request: ClientRequest;
  readonly answer: Promise<{ readonly status: number | undefined; readonly body: unknown }>;
}

/** Announces so many bytes, and sends none. */
function send(bytes: number): Sending {
  const sending = request(`${scene.stack.apiUrl()}/api/update/import`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/x-tar',
      'content-length': bytes,
    },
  });
  const answer = new Promise<Awaited<Sending['answer']>>((resolve, reject) => {
    sending.on('response', (response) => {
      json(response).then((body) => resolve({ status: response.statusCode, body }), reject);
    });
    sending.on('error', reject);
  });
  // because a test that cuts it off does not look at its answer
  answer.catch(() => undefined);
  sending.flushHeaders();
  return { request: sending, answer };
}

const spool = async (): Promise<readonly string[]> => {
  const place = join(scene.root, 'var/lib/pikit-api');
  const names = existsSync(place) ? await readdir(place) : [];
  return names.filter((name) => name.startsWith('import'));
};
const arriving = () => waitFor('a part of it', async () => (await spool())[0]?.endsWith('.part'));
const gone = () => waitFor('the spool to be empty', async () => (await spool()).length === 0);

const outcomeOf = (transaction: string) =>
  waitFor(
    `the end of ${transaction}`,
    async () => {
      const { last_result: last } = await scene.client.status();
      return last?.id === transaction ? last.outcome : undefined;
    },
    { timeoutMs: 60_000, everyMs: 100 },
  );

/** Cut off before it, a transaction is given up as any other. */
const staging = () =>
  waitFor(
    'files to be written',
    async () => (await scene.client.status()).transaction?.phase === 'staging',
    { everyMs: 5 },
  );

/** Sends all of it; the name of the transaction. */
async function begin(file: Buffer): Promise<string> {
  const sending = send(file.length);
  sending.request.end(file);
  const { status, body } = await sending.answer;
  expect({ status, body }).toMatchObject({ status: 202 });
  return (body as { transaction: string }).transaction;
}

describe('an upload', () => {
  it('is refused at once when it says that it is too large', async () => {
    const { answer } = send(2_000_000_000);
    expect(await answer).toMatchObject({ status: 413, body: { code: 'too-large' } });
    expect(await spool()).toEqual([]);
  });

  it('leaves nothing when its sender hangs up', async () => {
    const { request: sending } = send(10_000_000);
    sending.write(randomBytes(1_000_000));
    await arriving();
    sending.destroy();
    await gone();
    expect((await scene.client.status()).transaction).toBeNull();
    expect(await outcomeOf(await begin(await aFile('1.1.0')))).toBe('staged');
  });

  it('is refused while another one is on its way, which goes on', async () => {
    const file = await aFile('1.1.0');
    const first = send(file.length);
    first.request.write(file.subarray(0, 1_000_000));
    await arriving();
    const second = send(100);
    expect(await second.answer).toMatchObject({ status: 409, body: { code: 'busy' } });
    first.request.end(file.subarray(1_000_000));
    const { status, body } = await first.answer;
    expect(status).toBe(202);
    expect(await outcomeOf((body as { transaction: string }).transaction)).toBe('staged');
    await gone();
  });

  it('is forgotten when the api is stopped in the middle of it', async () => {
    const { request: sending } = send(10_000_000);
    sending.on('error', () => undefined);
    sending.write(randomBytes(1_000_000));
    await arriving();
    await scene.stack.stopApi();
    await scene.stack.startApi();
    expect(await spool()).toEqual([]);
  });
});

describe('a release from a file', () => {
  it('is gone on with by an agent that was killed, and the file stays for as long', async () => {
    const transaction = await begin(await aFile('1.1.0'));
    await staging();
    await scene.stack.killAgent();
    expect(await spool()).toEqual(['import.tar']);
    await scene.stack.startAgent();
    expect(await outcomeOf(transaction)).toBe('staged');
    expect((await scene.client.status()).ready?.version).toBe('1.1.0');
    await gone();
  });

  it('comes to an end without its file, which an api removes that starts anew', async () => {
    const transaction = await begin(await aFile('1.1.0'));
    await scene.stack.killAgent();
    await scene.stack.stopApi();
    await scene.stack.startApi();
    expect(await spool()).toEqual([]);
    await scene.stack.startAgent();
    const client = createApiClient(scene.stack.apiUrl());
    await client.signIn(scene.stack.password);
    const ended = async () => (await client.status()).last_result ?? undefined;
    const result = await waitFor('its end', ended, { timeoutMs: 60_000, everyMs: 100 });
    expect(result).toMatchObject({ id: transaction, outcome: 'failed', imported: true });
    expect(existsSync(join(scene.root, 'var/lib/pikit/staging'))).toBe(false);
    expect((await client.status()).ready).toBeNull();
  });
});

/**
 * The token of a private repository, with the real agent and a real https server: it goes to its own origin and nowhere else,
 * and nothing that the agent writes or says has it.
 */
import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UNTRUSTED } from '../../packages/agent/test/adapters/untrusted-certificate.ts';
import { buildRelease } from '../support/bundle-builder.ts';
import { listenOn } from '../support/listen-on.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait-for.ts';
import { startAgentProcess, type AgentProcess } from './support/agent-process.ts';
import { startPrivateSource, type PrivateSource } from './support/private-source.ts';
import { call, connectGuest, type Reply } from './support/raw-peer.ts';

const TOKEN = 'c0ffee5ec2e7c0ffee5ec2e7c0ffee5ec2e7dead';
const AUTHORIZATION = `token ${TOKEN}`;
const OfferSchema = v.pipe(
  v.object({ version: v.string(), manifestSha256: v.string() }),
  v.readonly(),
);

let dir: TempDir;
let source: PrivateSource;
let other: PrivateSource;
let plain: Server;
let plainAsked: (string | undefined)[];
let agent: AgentProcess;
let heard: string;

beforeEach(async () => {
  dir = await makeTempDir();
  heard = '';
  [source, other] = [await startPrivateSource(TOKEN), await startPrivateSource()];
  plainAsked = [];
  plain = createServer(({ headers }, response) => {
    plainAsked.push(headers.authorization);
    response.end('[]');
  });
  const release = {
    version: '1.1.0',
    files: { 'pikit-web/index.html': 'new', 'pikit-api.py': 'x' },
  };
  source.inner.publish(await buildRelease(release, join(dir.path, 'releases')));
  const authority = join(dir.path, 'authority.pem');
  await writeFile(authority, UNTRUSTED.cert);
  const { url, inner } = source;
  agent = await startAgentProcess({
    env: { NODE_EXTRA_CA_CERTS: authority },
    recipe: {
      source: { kind: 'gitea', url, repository: inner.repository, token_file: '/etc/pikit/token' },
      installed: {
        version: '1.0.0',
        files: { 'pikit-web/index.html': 'old', 'pikit-api.py': 'y' },
      },
    },
  });
  await writeFile(tokenFile(), `${TOKEN}\n`, { mode: 0o600 });
});
afterEach(async () => {
  await agent.close();
  for (const each of [source, other]) await each.close();
  plain.close();
  await dir.remove();
});

const tokenFile = (): string => join(agent.device.root, 'etc/pikit/token');

/** On root's socket; what came back is kept for the search. */
async function ask(method: string, params: object = {}): Promise<Reply> {
  const peer = await connectGuest(agent.device.agentSocket);
  peer.socket.write(call(1, method, params));
  const [reply] = await peer.answers(1);
  peer.leave();
  heard += JSON.stringify([reply, peer.notifications]);
  if (reply === undefined) throw new Error('no reply');
  return reply;
}

const codeOf = async (method: string): Promise<unknown> => (await ask(method)).error?.data.code;

/** Everything that the agent wrote or said since it started, wherever. */
async function everything(): Promise<string> {
  for (const method of ['update.status', 'agent.inspect']) await ask(method);
  await ask('update.history', { limit: 200 });
  await ask('update.log', { transaction: null });
  const files = await readdir(agent.device.root, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files
      .filter((entry) => entry.isFile() && entry.name !== 'token')
      .map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1')),
  );
  expect(texts.length).toBeGreaterThan(3);
  return [heard, agent.child.output(), ...texts].join('\n');
}

/** Redirects what matches to the same path elsewhere. */
function redirect(path: RegExp, to: string): void {
  source.answer = (request, response) => {
    if (!path.test(request.url ?? '')) return false;
    response.writeHead(302, { location: `${to}${request.url ?? ''}` }).end();
    return true;
  };
}

const carried = ({ asked }: PrivateSource): ReadonlySet<string | undefined> =>
  new Set(asked.map(({ authorization }) => authorization));

describe('the token', () => {
  it('opens a private repository, and a whole update leaves no trace of it', async () => {
    const { result } = await ask('update.check');
    const { offered } = v.parse(v.object({ offered: OfferSchema }), result);
    await ask('update.apply', offered);
    const page = join(agent.device.root, 'var/www/pikit-web/index.html');
    await waitFor('the update', async () => (await readFile(page, 'utf8')) === 'new');
    await waitFor('its end', async () => {
      const status = await ask('update.status');
      return JSON.stringify(status).includes('"transaction":null');
    });
    expect(source.asked.length).toBeGreaterThanOrEqual(3);
    expect(carried(source)).toEqual(new Set([AUTHORIZATION]));
    const texts = await everything();
    expect(texts).toContain('committed');
    expect(texts).not.toContain(TOKEN);
  });

  it('counts anew at the next check when it has changed', async () => {
    await writeFile(tokenFile(), 'expired\n');
    expect(await codeOf('update.check')).toBe('source-refused');
    await writeFile(tokenFile(), `${TOKEN}\n`);
    expect(await codeOf('update.check')).toBeUndefined();
    expect([...carried(source)]).toEqual(['token expired', AUTHORIZATION]);
  });

  it('stays at home when the list is redirected to another port', async () => {
    redirect(/\/api\//, other.url);
    await ask('update.check');
    expect([carried(source), carried(other)]).toEqual([
      new Set([AUTHORIZATION]),
      new Set([undefined]),
    ]);
    expect(await everything()).not.toContain(TOKEN);
  });

  it('stays at home when the bundle is redirected to another port, and does not come back', async () => {
    other.answer = (request, response) => {
      response.writeHead(302, { location: `${source.url}/back${request.url ?? ''}` }).end();
      return true;
    };
    redirect(/^\/[^/]+\/[^/]+\/releases\/download/, other.url);
    // 404 from where it began, because the token is not shown there any more.
    expect(await codeOf('update.check')).toBe('no-such-release');
    const back = source.asked.filter(({ path }) => path.startsWith('/back'));
    expect(back.map(({ authorization }) => authorization)).toEqual([undefined]);
    expect(carried(other)).toEqual(new Set([undefined]));
    expect(await everything()).not.toContain(TOKEN);
  });

  it('goes along to another path of its own origin', async () => {
    source.answer = ({ url = '' }, response) => {
      if (!url.startsWith('/api/')) return false;
      if (!url.includes('moved')) response.writeHead(302, { location: `${url}&moved` }).end();
      return !url.includes('moved');
    };
    expect(await codeOf('update.check')).toBeUndefined();
    expect(carried(source)).toEqual(new Set([AUTHORIZATION]));
  });

  it('is not sent over http, whatever the server says', async () => {
    redirect(/./, `http://127.0.0.1:${await listenOn(plain, 0)}`);
    expect(await codeOf('update.check')).toBe('source-invalid');
    expect(plainAsked).toEqual([]);
    expect(await everything()).not.toContain(TOKEN);
  });

  it.each([401, 403, 404])('is what an answer of %i leads the operator to', async (status) => {
    source.answer = (_request, response) => {
      response.writeHead(status).end(`{"message":"no"}`);
      return true;
    };
    const { error } = await ask('update.check');
    expect(error?.data.code).toBe('source-refused');
    expect(error?.data.details).toMatchObject({
      status,
      advice: expect.stringContaining('token_file'),
    });
    expect(agent.child.output()).toContain('token_file in [source] of updater.toml');
    expect(await everything()).not.toContain(TOKEN);
  });

  it('is not read from a file that others can read, and nothing is asked', async () => {
    await chmod(tokenFile(), 0o644);
    const { error } = await ask('update.check');
    expect(error?.data).toMatchObject({
      code: 'config-invalid',
      details: { key: 'source.token_file', reason: expect.stringContaining('chmod 600') },
    });
    expect(source.asked).toEqual([]);
    expect(await everything()).not.toContain(TOKEN);
  });

  it('is looked at by --check-config', async () => {
    const program = join(repositoryRoot(), 'packages/agent/dist/pikit-agent.mjs');
    const run = () =>
      promisify(execFile)(process.execPath, [
        program,
        '--root',
        agent.device.root,
        '--check-config',
      ]);
    expect((await run()).stdout).toContain('good');
    await chmod(tokenFile(), 0o640);
    const failure: unknown = await run().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 78, stderr: expect.stringContaining('chmod 600') });
    expect(JSON.stringify(failure)).not.toContain(TOKEN);
  });
});

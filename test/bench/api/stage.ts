/**
 * What is measured: the bundled agent and api as two processes on a device of the bench's own, a release to install, somebody who
 * has signed in as a browser does, and beside them a bare hono server. All of it ends with `close`.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { buildRelease } from '../../support/bundle-builder.ts';
import { createApiClient, type ApiClient } from '../../support/api-client.ts';
import { startReleaseServer } from '../../support/release-server.ts';
import { repositoryRoot } from '../../support/repository-root.ts';
import { startStack } from '../../support/start-stack.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { waitFor } from '../../support/wait-for.ts';
import { startClient, type Client } from './client.ts';

const PROGRAMS = {
  client: 'test/bench/dist/api-client.mjs',
  hello: 'test/bench/dist/api-hello.mjs',
  loopDelay: 'test/bench/dist/api-loop-delay.mjs',
};
const PASSWORD = 'a password of the bench';

/** So large, and over a link so slow, that an update is under way for about ten seconds. */
const RELEASE = { files: 300, fileBytes: 30_000, bytesPerSecond: 1_000_000 };

export interface LoopDelay {
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface Stage {
  readonly statusUrl: string;
  readonly eventsUrl: string;
  readonly helloUrl: string;
  /** Of somebody who is signed in. */
  readonly cookie: string;
  /** For the pace, and for the streams: each in a process of its own. */
  readonly paceClient: Client;
  readonly streamClient: Client;
  /** The api's, resident. */
  rssMB(): number;
  /** Since this was asked last. */
  loopDelay(): Promise<LoopDelay>;
  /** Publishes the next release and begins to install it; resolves with the transaction. */
  beginUpdate(): Promise<string>;
  /** Rejects when it has ended in another way than it should. */
  isUnderWay(transaction: string): Promise<boolean>;
  /** Resolves when the api has compared the password. */
  signInOnce(): Promise<void>;
  close(): Promise<void>;
}

export async function openStage(nodeArgs: readonly string[] = []): Promise<Stage> {
  const closers: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.toReversed()) await closer();
    closers.length = 0;
  };
  try {
    const dir = await makeTempDir();
    closers.push(() => dir.remove());
    const server = await startReleaseServer();
    closers.push(() => server.close());
    const delayFile = join(dir.path, 'loop-delay.json');
    const preload = pathToFileURL(programPath('loopDelay'));
    preload.searchParams.set('file', delayFile);
    const stack = await startStack({
      root: join(dir.path, 'root'),
      password: PASSWORD,
      source: { kind: 'gitea', url: server.url, repository: server.repository },
      installed: { version: '1.0.0', files: { 'pikit-web/index.html': 'old page' } },
      apiNodeArgs: [...nodeArgs, '--import', preload.href],
    });
    closers.push(() => stack.stop());
    const [paceClient, streamClient] = [startProgramClient(), startProgramClient()];
    closers.push(() => [paceClient, streamClient].forEach((one) => one.stop()));
    const hello = fork(programPath('hello'));
    closers.push(() => hello.disconnect());
    const owner = createApiClient(stack.apiUrl());
    server.fault({ path: /tar\.gz$/, slowBytesPerSecond: RELEASE.bytesPerSecond });
    let minor = 0;
    return {
      statusUrl: `${stack.apiUrl()}/api/update/status`,
      eventsUrl: `${stack.apiUrl()}/api/update/events`,
      helloUrl: `http://127.0.0.1:${String(await portOf(hello))}/`,
      cookie: await signInAs(owner),
      paceClient,
      streamClient,
      rssMB: () => rssOf(stack.apiPid()),
      loopDelay: () => readLoopDelay(stack.apiPid(), delayFile),
      async beginUpdate() {
        minor += 1;
        const version = `1.${String(minor)}.0`;
        const built = await buildRelease({ version, files: newFiles() }, join(dir.path, 'built'));
        server.publish(built);
        const { body } = await owner.post('/api/update/apply', {
          version,
          manifestSha256: built.manifestSha256,
        });
        return v.parse(v.object({ transaction: v.string() }), body).transaction;
      },
      async isUnderWay(transaction) {
        const { last_result: last } = await owner.status();
        if (last?.id !== transaction) return true;
        if (last.outcome === 'committed') return false;
        throw new Error(`the update ended as ${last.outcome}: ${JSON.stringify(last.error)}`);
      },
      async signInOnce() {
        await signInAs(createApiClient(stack.apiUrl()));
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const programPath = (name: keyof typeof PROGRAMS): string => join(repositoryRoot(), PROGRAMS[name]);

const startProgramClient = (): Client => startClient(programPath('client'));

async function portOf(hello: ChildProcess): Promise<number> {
  const [told]: unknown[] = await once(hello, 'message');
  return v.parse(v.object({ port: v.number() }), told).port;
}

async function signInAs(owner: ApiClient): Promise<string> {
  const { status } = await owner.signIn(PASSWORD);
  if (status !== 200) throw new Error(`a sign-in was answered with ${String(status)}`);
  return owner.cookie();
}

/** Nothing of them compresses, and none is there already. */
function newFiles(): Record<string, Uint8Array | string> {
  const files = Array.from({ length: RELEASE.files }, (_, index): [string, Uint8Array] => [
    `pikit-web/assets/${String(index)}.bin`,
    randomBytes(RELEASE.fileBytes),
  ]);
  return { 'pikit-web/index.html': 'new page', ...Object.fromEntries(files) };
}

function rssOf(pid: number): number {
  const [, kilobytes = 'NaN'] =
    /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

async function readLoopDelay(pid: number, file: string): Promise<LoopDelay> {
  rmSync(file, { force: true });
  process.kill(pid, 'SIGUSR2');
  const schema = v.object({ p99Ms: v.number(), maxMs: v.number() });
  return waitFor('the event loop to be heard of', () => {
    try {
      return v.parse(schema, JSON.parse(readFileSync(file, 'utf8')));
    } catch {
      return undefined; // because it is not written yet
    }
  });
}

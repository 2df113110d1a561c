/** The servers of a run: our own in a process of its own, where there is one an rsync daemon behind it, and a link before both. */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import * as v from 'valibot';
import { repositoryRoot } from '../support/repository-root.ts';
import { hasProgram } from './programs.ts';
import type { Traffic } from './traffic.ts';
import type { Link } from './workload.ts';

const PROGRAMS = { server: 'test/bench/dist/file-server.mjs', link: 'test/bench/dist/link.mjs' };

/** For HTTP, and for rsync. */
const PortsSchema = v.object({ ports: v.strictTuple([v.number(), v.number()]) });
const TrafficSchema = v.object({ requests: v.number(), bytes: v.number() });

export interface BenchServer {
  /** Without a slash at the end. */
  readonly url: string;
  /** The same directory by rsync. */
  readonly rsyncUrl: string;
  /** Since the beginning. */
  readonly traffic: () => Promise<Traffic>;
  readonly close: () => Promise<void>;
}

/** Serves `site`; `work` is for a file of its own. */
export async function startServer(
  site: string,
  work: string,
  link: Link | undefined,
): Promise<BenchServer> {
  const daemon = hasProgram('rsync') ? await startRsync(site, work) : undefined;
  const child = start(PROGRAMS.server, [site, daemon?.port ?? 0]);
  const far = { child: undefined, ...v.parse(PortsSchema, await answerOf(child)) };
  const near = link === undefined ? far : await startLink(link, far.ports);
  const [httpPort, rsyncPort] = near.ports;
  return {
    url: `http://127.0.0.1:${String(httpPort)}`,
    rsyncUrl: `rsync://127.0.0.1:${String(rsyncPort)}/site`,
    traffic: async () => {
      const answer = answerOf(child);
      child.send('traffic');
      return v.parse(TrafficSchema, await answer);
    },
    close: async () => {
      for (const one of [near.child, child, daemon?.child]) if (one !== undefined) await stop(one);
    },
  };
}

async function startLink({ megabitsPerSecond, roundTripMs }: Link, far: readonly [number, number]) {
  const child = start(PROGRAMS.link, [megabitsPerSecond, roundTripMs, ...far]);
  return { child, ...v.parse(PortsSchema, await answerOf(child)) };
}

const start = (program: string, args: readonly (string | number)[]): ChildProcess =>
  fork(join(repositoryRoot(), program), args.map(String));

async function answerOf(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const end = (): void => {
    ended.abort(new Error('the server of the bench has ended'));
  };
  child.once('exit', end);
  try {
    const [answer]: unknown[] = await once(child, 'message', { signal: ended.signal });
    return answer;
  } finally {
    child.off('exit', end);
  }
}

async function startRsync(site: string, work: string) {
  const port = await freePort();
  const config = join(work, 'rsyncd.conf');
  // As root it would become somebody else, who may not read there.
  const user = process.getuid?.() === 0 ? ['uid = root', 'gid = root'] : [];
  const lines = ['use chroot = no', ...user, '[site]', `path = ${site}`, 'read only = yes', ''];
  await writeFile(config, lines.join('\n'));
  const options = ['--daemon', '--no-detach', '--address=127.0.0.1'];
  const child = spawn('rsync', [...options, `--port=${String(port)}`, `--config=${config}`], {
    stdio: 'ignore',
  });
  return { port, child };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}

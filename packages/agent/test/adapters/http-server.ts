/** A small real server for one test: what it answers is the test's function. Also what every http test needs around it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenOn } from '../../../../test/support/listen-on.ts';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { createClock } from '../../src/adapters/clock-system.ts';
import type { ReadCa } from '../../src/adapters/ca-file.ts';
import { createConnections } from '../../src/adapters/connections.ts';
import { createDisk } from '../../src/adapters/disk-posix.ts';
import { createHttp } from '../../src/adapters/http-got.ts';
import type { Http } from '../../src/adapters/http.ts';
import { createKeptAnswers } from '../../src/adapters/kept-answers.ts';
import { createPauses } from '../../src/adapters/pauses.ts';
import { createProxyRules } from '../../src/adapters/proxy-rules.ts';
import type { LeastRate } from '../../src/adapters/unhurried-body.ts';
import type { Disk } from '../../src/ports.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Everything that it was asked, `METHOD path`, is in `asked`. */
export async function withServer<T>(
  answer: Answer,
  work: (url: string, asked: readonly IncomingMessage[]) => Promise<T>,
): Promise<T> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  const url = `http://127.0.0.1:${await listenOn(server, 0)}`;
  try {
    return await work(url, asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** A byte each few milliseconds, for ever: never silent for as long as `stallTimeoutMs`. */
export function drip(response: ServerResponse): void {
  response.writeHead(200, { etag: '"a"', 'content-length': 100_000 });
  const timer = setInterval(() => response.write('x'), 10);
  response.on('close', () => clearInterval(timer));
}

/** Nothing listens there; a port that was free a moment ago may be another test's by now. */
export const NOBODY = 'http://127.0.0.1:1';

export const never: AbortSignal = new AbortController().signal;

/** For a test of silence: long against what a busy machine keeps an honest answer waiting, short to wait for. */
export const QUICK_STALL = { stallTimeoutMs: 1_500 };

const retry = { tries: 4, firstDelayMs: 5, longestDelayMs: 20 };

/** Quick retries, and patience with an honest server on a busy machine; `source` decides whether http is spoken at all. */
export async function withHttp<T>(
  work: (http: Http, disk: Disk, root: string) => Promise<T>,
  {
    source = 'http://127.0.0.1',
    stallTimeoutMs = 60_000,
    leastRate,
    env = {},
    readCa,
  }: {
    source?: string;
    stallTimeoutMs?: number;
    leastRate?: LeastRate;
    env?: Readonly<Record<string, string>>;
    readCa?: ReadCa;
  } = {},
): Promise<T> {
  return withTempDir((root) => {
    const disk = createDisk({ root });
    const clock = createClock();
    const http = createHttp({
      userAgent: 'pikit-test',
      source,
      disk,
      clock,
      routeTo: createConnections({ proxyFor: createProxyRules({ env }), readCa, timeoutMs: 2000 }),
      pauses: createPauses({ disk, clock, path: '/pauses.json' }),
      answers: createKeptAnswers({ disk, clock, path: '/answers' }),
      stallTimeoutMs,
      ...(leastRate && { leastRate }),
      downloadRetry: retry,
      documentRetry: { ...retry, tries: 2 },
    });
    return work(http, disk, root);
  });
}

/** The slow link: what arithmetic says of it, and what a stopwatch does. It may be slower than it says, but never quicker. */
import { writeFile } from 'node:fs/promises';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { listenOn } from '../support/listen-on.ts';
import { withTempDir } from '../support/temp-dir.ts';
import { createFileServer } from './file-server.ts';
import { createLink, createWire } from './link.ts';
import { createTrafficMeter } from './traffic.ts';

const LINK = { megabitsPerSecond: 20, roundTripMs: 40 };
const SIZE = 250_000;
/** 2.5 million bytes a second. */
const SIZE_MS = 100;
/** Of what is said, for timers that are early by a part of a millisecond. */
const NEARLY = 0.98;

it('has bytes wait for those before them, and all for the way', () => {
  const wire = createWire(LINK);
  expect(wire.arrival(2500, 1000)).toBe(1000 + 1 + 20);
  expect(wire.arrival(5000, 1000)).toBe(1000 + 1 + 2 + 20);
  expect(wire.arrival(2500, 5000)).toBe(5000 + 1 + 20);
});

async function withLink(work: (url: string, content: Buffer) => Promise<void>): Promise<void> {
  await withTempDir(async (directory) => {
    const content = Buffer.from(Array.from({ length: SIZE }, (_, index) => (index * 7) % 251));
    await writeFile(join(directory, 'file'), content);
    const server = createFileServer(directory, createTrafficMeter());
    const [link] = createLink(LINK, [await listenOn(server, 0)]) as [Server];
    try {
      await work(`http://127.0.0.1:${String(await listenOn(link, 0))}/file`, content);
    } finally {
      server.close();
      server.closeAllConnections();
      link.close();
    }
  });
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

const bytesOf = async (url: string): Promise<Buffer> =>
  Buffer.from(await (await fetch(url)).arrayBuffer());

it('brings a known size whole, and not before its rate and two round trips allow', () =>
  withLink(async (url, content) => {
    const ms = await timeOf(async () => {
      expect((await bytesOf(url)).equals(content)).toBe(true);
    });
    expect(ms).toBeGreaterThanOrEqual((SIZE_MS + 2 * LINK.roundTripMs) * NEARLY);
  }));

it('lets connections share the rate', () =>
  withLink(async (url, content) => {
    const ms = await timeOf(async () => {
      for (const bytes of await Promise.all([bytesOf(url), bytesOf(url), bytesOf(url)])) {
        expect(bytes.equals(content)).toBe(true);
      }
    });
    expect(ms).toBeGreaterThanOrEqual(3 * SIZE_MS * NEARLY);
  }));

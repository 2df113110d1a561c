/**
 * What the same archive would take as one gzip member, as `tar c | gzip -9` makes it: the price of being seekable is told with
 * every release. Only counts; nothing of it is kept.
 */
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

type Content = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export interface SolidGauge {
  /** Passes on what it counts. */
  readonly watch: (content: Content) => AsyncGenerator<Uint8Array>;
  /** Bytes. */
  readonly end: () => Promise<number>;
}

export function createSolidGauge(): SolidGauge {
  const gzip = createGzip({ level: 9 });
  let bytes = 0;
  gzip.on('data', (chunk: Uint8Array) => {
    bytes += chunk.length;
  });
  return {
    async *watch(content) {
      for await (const chunk of content) {
        if (!gzip.write(chunk)) await once(gzip, 'drain');
        yield chunk;
      }
    },
    end: async () => {
      gzip.end();
      await finished(gzip);
      return bytes;
    },
  };
}

/** The server that peers fetch from: parts, conditional requests, and a count of all that crosses the wire. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { listenOn } from '../support/listen-on.ts';
import { withTempDir } from '../support/temp-dir.ts';
import { createFileServer } from './file-server.ts';
import { createCountingWay, createTrafficMeter } from './traffic.ts';

it('serves parts and answers what is known with 304, and counts', () =>
  withTempDir(async (directory) => {
    await writeFile(join(directory, 'file'), '0123456789');
    const meter = createTrafficMeter();
    const server = createFileServer(directory, meter);
    const way = createCountingWay(await listenOn(server, 0), createTrafficMeter());
    await new Promise<void>((resolve) => {
      way.listen(0, '127.0.0.1', resolve);
    });
    const address = way.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const url = `http://127.0.0.1:${String(port)}/file`;
    try {
      const whole = await fetch(url);
      expect(await whole.text()).toBe('0123456789');
      const part = await fetch(url, { headers: { range: 'bytes=2-4' } });
      expect([part.status, await part.text()]).toEqual([206, '234']);
      const etag = whole.headers.get('etag') ?? '';
      const known = await fetch(url, { headers: { 'if-none-match': etag } });
      expect(known.status).toBe(304);
      const beyond = await fetch(url, { headers: { range: 'bytes=10-' } });
      expect(beyond.status).toBe(416);
      expect((await fetch(`${url}-that-is-not-there`)).status).toBe(404);
      const { requests, bytes } = meter.read();
      expect(requests).toBe(5);
      expect(bytes).toBeGreaterThan(5 * 100);
    } finally {
      server.close();
      server.closeAllConnections();
      way.close();
    }
  }));

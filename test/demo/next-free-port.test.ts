/** A taken port must lead to the next one, and any other failure to the person. */
import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { listenOn } from '../support/listen-on.ts';
import { onNextFreePort } from './next-free-port.ts';

describe('onNextFreePort', () => {
  it('passes a port that is taken', async () => {
    const first = createServer();
    const taken = await listenOn(first, 0);
    const second = createServer();
    const got = await onNextFreePort(taken, (port) => listenOn(second, port));
    expect(got).toBeGreaterThan(taken);
    first.close();
    second.close();
  });

  it('does not try again after another failure', async () => {
    const tried: number[] = [];
    const failing = onNextFreePort(5000, (port) => {
      tried.push(port);
      return Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' }));
    });
    expect(await failing.catch((error: unknown) => String(error))).toBe('Error: no');
    expect(tried).toEqual([5000]);
  });
});

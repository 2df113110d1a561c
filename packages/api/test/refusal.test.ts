/** What somebody reads whose request never became one. */
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { refusalFor, refuse } from '../src/refusal.ts';

describe('refusalFor', () => {
  it.each([
    ['HPE_INVALID_METHOD', 400],
    ['HPE_HEADER_OVERFLOW', 431],
    ['ERR_HTTP_REQUEST_TIMEOUT', 408],
    ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 413],
  ] as const)('takes %s for %i', (code, status) => {
    expect(refusalFor(Object.assign(new Error('parser'), { code }))).toBe(status);
  });
});

describe('refuse', () => {
  it('writes a whole problem document, and ends', async () => {
    const socket = new PassThrough();
    refuse(socket, 431);
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
    expect(head).toContain(`content-length: ${body.length}`);
    expect(head).toContain('connection: close');
    expect(JSON.parse(body)).toMatchObject({
      status: 431,
      code: 'invalid-request',
      details: { reason: 'headers-too-large' },
      requestId: expect.stringMatching(/^[\w-]{36}$/) as string,
    });
  });

  it('writes nothing where nobody is left', () => {
    const socket = new PassThrough();
    socket.end();
    refuse(socket, 400);
    expect([socket.destroyed, socket.readableLength]).toEqual([true, 0]);
  });
});

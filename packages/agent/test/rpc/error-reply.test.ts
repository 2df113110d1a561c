/** What a peer learns of an error: the code and the facts, never the words or the stack. */
import { UpdateError } from '@pikit/protocol';
import { JSONRPCErrorCode } from 'json-rpc-2.0';
import { describe, expect, it } from 'vitest';
import { createErrorReply } from '../../src/rpc/error-reply.ts';
import { RequestError } from '../../src/rpc/request.ts';
import { createListLog, createManualClock } from '../support/fakes.ts';

describe('createErrorReply', () => {
  it('sends code and details of an UpdateError', () => {
    const log = createListLog();
    const reply = createErrorReply({ clock: createManualClock(), log });
    const error = new UpdateError('no-space', 'words for the log', { details: { free: 5 } });
    expect(reply(7, error)).toEqual({
      jsonrpc: '2.0',
      id: 7,
      error: {
        code: 1,
        message: 'no-space',
        data: { code: 'no-space', details: { free: 5 }, logId: null },
      },
    });
    expect(log.lines).toEqual([]);
  });

  it('hides anything else behind an id that the log knows', () => {
    const log = createListLog();
    const reply = createErrorReply({ clock: createManualClock(), log });
    const answer = JSON.stringify(reply(7, new TypeError('secret /root/path')));
    expect(answer).toContain('"code":"internal"');
    expect(answer).not.toContain('secret');
    expect(log.lines.join('\n')).toContain('[00000001] TypeError: secret /root/path');
  });

  it('gives a call that breaks the protocol the number that JSON-RPC has for it', () => {
    const reply = createErrorReply({ clock: createManualClock(), log: createListLog() });
    const error = new RequestError(JSONRPCErrorCode.MethodNotFound, 'words for the log');
    expect(reply('7', error)).toEqual({
      jsonrpc: '2.0',
      id: '7',
      error: {
        code: -32_601,
        message: 'invalid-request',
        data: { code: 'invalid-request', details: {}, logId: null },
      },
    });
  });

  it('does not fill the log with a bug that somebody calls again and again', () => {
    const log = createListLog();
    const reply = createErrorReply({ clock: createManualClock(), log });
    const answers = Array.from({ length: 100 }, () => JSON.stringify(reply(7, new Error('bug'))));
    expect(answers.filter((answer) => answer.includes('"logId":null'))).toHaveLength(90);
    expect(log.lines).toHaveLength(11);
  });
});

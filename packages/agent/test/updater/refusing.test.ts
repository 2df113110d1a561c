/** What a caller hears of a question to the release server that failed or took too long. */
import { UpdateError } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { refusing, toFailure, within } from '../../src/updater/refusing.ts';
import { quiet } from '../support/workbench.ts';

const listening = async (signal: AbortSignal) => signal.throwIfAborted();
const aborted = AbortSignal.abort(new Error('enough'));

/** For ever, but for an abort. */
const waiting = async (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')));
  });

describe('refusing', () => {
  it('passes on what the work answers, and a refusal as it is', async () => {
    expect(await refusing(quiet(), async () => 7)).toBe(7);
    const refusal = new UpdateError('no-such-release', 'no');
    await expectCode(
      refusing(quiet(), async () => Promise.reject(refusal)),
      'no-such-release',
    );
  });

  it('gives the work the signal of the caller', async () => {
    await expectCode(refusing(aborted, listening), 'offline');
  });
});

describe('within', () => {
  it('ends what takes longer, and throws what happened before as it is', async () => {
    await expectCode(within(10, quiet(), waiting), 'offline');
    const odd = new TypeError('odd');
    await expect(within(60_000, quiet(), async () => Promise.reject(odd))).rejects.toBe(odd);
  });

  it('leaves an abort of the caller to the caller', async () => {
    const controller = new AbortController();
    const work = within(60_000, controller.signal, waiting);
    controller.abort();
    await expect(work).rejects.toThrow('aborted');
  });
});

describe('toFailure', () => {
  it('calls what was cut off offline, and anything else that nobody foresaw a bug', () => {
    const cause = new TypeError('odd');
    expect(toFailure(cause, aborted)).toMatchObject({ code: 'offline', cause });
    expect(toFailure(cause, quiet())).toMatchObject({ code: 'internal', cause });
  });
});

/**
 * A part of a file over a connection that keeps breaking: each try asks for the bytes that follow those that came, and is only
 * believed when it is just these, of the same file. Keeps nothing; what the bytes are worth is for the caller to verify.
 */
import { UpdateError } from '@pikit/protocol';
import { mayPass, shownUrl, statusFailure } from './http-failure.ts';
import type { Http, HttpAnswer, OpenUrl, RetryPolicy } from './http.ts';
import { BINARY, createPerseverance, LONGEST_RETRY_AFTER_MS } from './perseverance.ts';
import { judgeRefusal, refusePage, type RefusalNeeds, type Setback } from './refusal.ts';

interface Needs extends RefusalNeeds {
  readonly open: OpenUrl;
  readonly retry: RetryPolicy;
}

/** What is due, and what has come of it. */
interface Transfer {
  readonly url: string;
  readonly offset: number;
  readonly length: number;
  done: number;
  /** Of the file, by the first answer; undefined until there was one. */
  identity: string | undefined;
}

export function createFetchPart(needs: Needs): Http['part'] {
  return async function* part(url, { offset, length, signal }) {
    const transfer: Transfer = { url, offset, length, done: 0, identity: undefined };
    const tryAgain = createPerseverance(needs);
    for (;;) {
      const before = transfer.done;
      const setback = yield* attempt(needs, transfer, signal);
      if (setback === undefined) return;
      await tryAgain(setback, transfer.done > before, signal);
    }
  };
}

/** Throws what no further try can change. */
async function* attempt(
  needs: Needs,
  transfer: Transfer,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, Setback | undefined> {
  const { url, offset, length } = transfer;
  const range = `bytes=${String(offset + transfer.done)}-${String(offset + length - 1)}`;
  try {
    const answer = await needs.open(url, { range, accept: BINARY }, signal);
    try {
      const setback = await judge(needs, transfer, answer);
      if (setback !== undefined) return setback;
      for await (const chunk of answer.body) {
        transfer.done += chunk.length;
        if (transfer.done > length) throw lie(url, 'more than was asked for');
        yield chunk;
      }
    } finally {
      answer.discard();
    }
  } catch (error) {
    if (!mayPass(error)) throw error;
    // Where all has come, the word that this was all is not missed.
    return transfer.done === length ? undefined : { failure: error };
  }
  return transfer.done === length ? undefined : { failure: endedEarly(transfer) };
}

/** Whether these are the bytes that follow. Throws `source-invalid` where they are others, or all of them. */
async function judge(
  needs: Needs,
  transfer: Transfer,
  answer: HttpAnswer,
): Promise<Setback | undefined> {
  const { url, offset, length, done } = transfer;
  const { status } = answer;
  refusePage(url, answer);
  if (status === 206) {
    const [from, to] = [offset + done, offset + length - 1];
    const [, range, size] =
      /^bytes (\d+-\d+)\/(\d+|\*)$/.exec(answer.header('content-range') ?? '') ?? [];
    if (range !== `${String(from)}-${String(to)}`)
      throw lie(url, 'another part than was asked for');
    const identity = `${answer.header('etag') ?? ''} ${size ?? ''}`;
    transfer.identity ??= identity;
    if (transfer.identity !== identity) throw lie(url, 'a part of another file');
    return undefined;
  }
  const isAllOfIt = offset + done === 0 && answer.header('content-length') === String(length);
  if (status === 200 && isAllOfIt) return undefined;
  if (status === 200 || status === 416) throw lie(url, 'no parts of files');
  if (status === 404) {
    const { message, details } = statusFailure(url, status);
    throw new UpdateError('no-such-release', message, { details });
  }
  return judgeRefusal(needs, url, answer, LONGEST_RETRY_AFTER_MS);
}

function lie(url: string, reason: string): UpdateError {
  const shown = shownUrl(url);
  return new UpdateError('source-invalid', `${shown} gives ${reason}`, {
    details: { url: shown, reason },
  });
}

function endedEarly({ url, done, length }: Transfer): UpdateError {
  const shown = shownUrl(url);
  const reason = `ended at ${String(done)} of ${String(length)} bytes`;
  return new UpdateError('download-failed', `${shown}: ${reason}`, {
    details: { url: shown, reason },
  });
}

/** Fetches a small document whole, trying again only where a second try can help. */
import { UpdateError } from '@pikit/protocol';
import type { Clock } from '../ports.ts';
import { backOffMs, parseRetryAfter } from './back-off.ts';
import { isPassingStatus, shownUrl, statusFailure } from './http-failure.ts';
import type { Document, Http, HttpAnswer, OpenUrl, RetryPolicy } from './http.ts';

/** A person is waiting for this answer. */
const LONGEST_RETRY_AFTER_MS = 5000;

async function collect(answer: HttpAnswer, url: string, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer.body) {
    length += chunk.length;
    if (length > maxBytes) {
      throw new UpdateError('too-large', `${shownUrl(url)} is larger than ${maxBytes} bytes`, {
        details: { url: shownUrl(url), limit: maxBytes },
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

interface Setback {
  readonly failure: UpdateError;
  readonly afterMs: number | undefined;
}

interface Needs {
  readonly open: OpenUrl;
  readonly clock: Clock;
  readonly retry: RetryPolicy;
}

type Options = Parameters<Http['getBytes']>[1];

async function attempt(
  { open, clock }: Needs,
  url: string,
  { accept, maxBytes, signal }: Options,
): Promise<Document | Setback> {
  const answer = await open(url, { accept }, signal);
  try {
    if (answer.status !== 200) {
      const failure = statusFailure(url, answer.status);
      if (!isPassingStatus(answer.status)) throw failure;
      const afterMs = parseRetryAfter(answer.header('retry-after'), clock.now());
      if (afterMs !== undefined && afterMs > LONGEST_RETRY_AFTER_MS) throw failure;
      return { failure, afterMs };
    }
    return {
      bytes: await collect(answer, url, maxBytes),
      isHtml: answer.header('content-type')?.includes('text/html') === true,
      redirected: answer.redirected,
      link: answer.header('link'),
    };
  } catch (error) {
    if (error instanceof UpdateError && error.code === 'download-failed') {
      return { failure: error, afterMs: undefined };
    }
    throw error;
  } finally {
    answer.discard();
  }
}

export function createGetBytes(needs: Needs): Http['getBytes'] {
  const { clock, retry } = needs;
  return async (url, options) => {
    for (let count = 1; ; count += 1) {
      const end = await attempt(needs, url, options);
      if (!('failure' in end)) return end;
      if (count >= retry.tries) throw end.failure;
      await clock.sleep(end.afterMs ?? backOffMs(count - 1, retry, clock), options.signal);
    }
  };
}

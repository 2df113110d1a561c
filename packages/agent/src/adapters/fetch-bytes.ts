/**
 * Fetches a small document whole, trying again only where a second try can help, and asks whether what it kept of an earlier
 * answer still holds. What the bytes are worth is for the caller to verify, kept or not.
 */
import { UpdateError } from '@pikit/protocol';
import { backOffMs } from './back-off.ts';
import { pageFailure, shownUrl } from './http-failure.ts';
import type { Document, Http, HttpAnswer, OpenUrl, RetryPolicy } from './http.ts';
import type { KeptAnswer, KeptAnswers } from './kept-answers.ts';
import { judgeRefusal, type RefusalNeeds, type Setback } from './refusal.ts';

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

interface Needs extends RefusalNeeds {
  readonly open: OpenUrl;
  readonly answers: KeptAnswers;
  readonly retry: RetryPolicy;
}

type Options = Parameters<Http['getBytes']>[1];

async function attempt(
  needs: Needs,
  url: string,
  { accept, maxBytes, signal, listing }: Options,
  kept: KeptAnswer | undefined,
): Promise<Document | Setback> {
  const answer = await needs.open(url, { accept, ...conditionsOf(kept) }, signal);
  try {
    if (answer.status === 304 && isConditional(kept)) {
      await needs.answers.keep({ ...kept, listing });
      return asDocument(kept);
    }
    if (answer.status !== 200)
      return await judgeRefusal(needs, url, answer, LONGEST_RETRY_AFTER_MS);
    const { redirected } = answer;
    const bytes = await collect(answer, url, maxBytes);
    if (isPage(answer, bytes)) {
      const failure = pageFailure(url, answer);
      if (failure.code === 'captive-portal') throw failure;
      return { bytes, isHtml: true, redirected, link: undefined };
    }
    const fresh = answerOf(answer, { url, accept, bytes, listing });
    const isForgotten = answer.header('cache-control')?.includes('no-store') === true;
    if (!isForgotten) await needs.answers.keep(fresh);
    return { bytes, isHtml: false, redirected, link: fresh.link };
  } catch (error) {
    if (error instanceof UpdateError && error.code === 'download-failed') {
      return { failure: error };
    }
    throw error;
  } finally {
    answer.discard();
  }
}

/** Some portals do not say what they send. */
function isPage(answer: HttpAnswer, bytes: Buffer): boolean {
  if (answer.header('content-type')?.includes('text/html') === true) return true;
  return /^\s*<(?:!doctype html|html)/i.test(bytes.toString('latin1', 0, 200));
}

function answerOf(
  { header }: HttpAnswer,
  asked: Pick<KeptAnswer, 'url' | 'accept' | 'bytes' | 'listing'>,
): KeptAnswer {
  // What may not stand in a header of ours is of no use to us.
  const validator = (name: string): string | undefined => {
    const value = header(name);
    return value !== undefined && /^[\x20-\x7e]{1,1000}$/.test(value) ? value : undefined;
  };
  const [etag, lastModified] = [validator('etag'), validator('last-modified')];
  return { ...asked, etag, lastModified, link: header('link') };
}

function isConditional(kept: KeptAnswer | undefined): kept is KeptAnswer {
  return (kept?.etag ?? kept?.lastModified) !== undefined;
}

/** The ETag alone where there is one: a server that reads both may not compare it then. */
function conditionsOf(kept: KeptAnswer | undefined): Readonly<Record<string, string>> {
  if (kept?.etag !== undefined) return { 'if-none-match': kept.etag };
  if (kept?.lastModified !== undefined) return { 'if-modified-since': kept.lastModified };
  return {};
}

function asDocument({ bytes, link }: KeptAnswer): Document {
  return { bytes, link, isHtml: false, redirected: false };
}

export function createGetBytes(needs: Needs): Http['getBytes'] {
  const { clock, retry } = needs;
  return async (url, options) => {
    const found = await needs.answers.find(url, options.accept);
    const kept = found !== undefined && found.bytes.length <= options.maxBytes ? found : undefined;
    const isListedSo = options.listing !== undefined && kept?.listing === options.listing;
    if (kept !== undefined && isListedSo) return asDocument(kept);
    for (let count = 1; ; count += 1) {
      const end = await attempt(needs, url, options, kept);
      if (!('failure' in end)) return end;
      if (count >= retry.tries) throw end.failure;
      await clock.sleep(end.afterMs ?? backOffMs(count - 1, retry, clock), options.signal);
    }
  };
}

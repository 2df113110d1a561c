/**
 * Fetches a large file over a connection that keeps breaking: what has arrived is kept across tries, restarts and
 * reboots, and only ever continued with bytes of the very same file. The size is bounded before and while bytes arrive;
 * the content is for the caller to verify.
 */
import { UpdateError } from '@pikit/protocol';
import type { Disk } from '../ports.ts';
import { isUnreached, mayPass, shownUrl, statusFailure } from './http-failure.ts';
import type { Http, HttpAnswer, OpenUrl, RetryPolicy } from './http.ts';
import { BINARY, createPerseverance, LONGEST_RETRY_AFTER_MS } from './perseverance.ts';
import { judgeRefusal, refusePage, type RefusalNeeds, type Setback } from './refusal.ts';
import { createResumeState, type ResumeRecord, type ResumeState } from './resume-record.ts';

interface Needs extends RefusalNeeds {
  readonly open: OpenUrl;
  readonly disk: Disk;
  readonly retry: RetryPolicy;
}

type Options = Parameters<Http['download']>[1];

interface Transfer {
  readonly url: string;
  readonly options: Options;
  readonly state: ResumeState;
  /** Bytes over the wire so far. */
  wire: number;
  /** Where the file ends now. */
  position: number;
  /** The most that was ever on the disk, to tell progress from running on the spot. */
  furthest: number;
}

function tooLarge(url: string, limit: number): UpdateError {
  return new UpdateError('too-large', `${shownUrl(url)} is larger than ${limit} bytes`, {
    details: { url: shownUrl(url), limit },
  });
}

function broken(url: string, reason: string): UpdateError {
  const shown = shownUrl(url);
  return new UpdateError('download-failed', `${shown}: ${reason}`, {
    details: { url: shown, reason },
  });
}

function parseCount(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function strongEtag(answer: HttpAnswer): string | null {
  const etag = answer.header('etag');
  return etag !== undefined && /^"[^"]*"$/.test(etag) ? etag : null;
}

/** Whether a 206 continues exactly what is kept. Gitea ignores If-Range, so the ETag is compared here. */
function continues(answer: HttpAnswer, offset: number, record: ResumeRecord): boolean {
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(answer.header('content-range') ?? '');
  if (range === null || Number(range[1]) !== offset) return false;
  const size = parseCount(range[2]);
  const sameSize = size === undefined || record.size === null || size === record.size;
  return sameSize && strongEtag(answer) === record.etag;
}

/** Counts, reports and bounds what passes. Throws `too-large`, and `download-failed` for an early end. */
async function* metered(
  transfer: Transfer,
  body: AsyncIterable<Uint8Array>,
  total: number | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { url, options } = transfer;
  options.onBytes(transfer.position, total);
  for await (const chunk of body) {
    transfer.wire += chunk.length;
    if (transfer.position + chunk.length > options.maxBytes) throw tooLarge(url, options.maxBytes);
    yield chunk;
    transfer.position += chunk.length;
    transfer.furthest = Math.max(transfer.furthest, transfer.position);
    options.onBytes(transfer.position, total);
  }
  const { position } = transfer;
  if (total !== undefined && position < total) {
    throw broken(url, `ended at ${position} of ${total} bytes`);
  }
}

async function receive(
  transfer: Transfer,
  answer: HttpAnswer,
  offset: number,
  record: ResumeRecord,
): Promise<Setback | undefined> {
  const { state, options, url } = transfer;
  const total = record.size ?? options.expectedBytes;
  if (total !== undefined && total > options.maxBytes) throw tooLarge(url, options.maxBytes);
  transfer.position = offset;
  try {
    await state.append(offset, metered(transfer, answer.body, total));
  } catch (error) {
    if (error instanceof UpdateError && error.code === 'download-failed') {
      return { failure: error };
    }
    throw error;
  }
  await state.finish({ ...record, size: transfer.position });
  return undefined;
}

/** Judges an answer by its status, and takes what it brings; throws what no further try can change. */
async function judge(
  needs: Needs,
  transfer: Transfer,
  answer: HttpAnswer,
  kept: Awaited<ReturnType<ResumeState['kept']>>,
): Promise<Setback | undefined> {
  const { url, state } = transfer;
  const { status } = answer;
  refusePage(url, answer);
  if (status === 206 && kept !== undefined && continues(answer, kept.offset, kept.record)) {
    return receive(transfer, answer, kept.offset, kept.record);
  }
  if (status === 200) {
    const record = {
      url,
      etag: strongEtag(answer),
      size: parseCount(answer.header('content-length')) ?? null,
    };
    await state.begin(record);
    return receive(transfer, answer, 0, record);
  }
  const failure = statusFailure(url, status);
  if (status === 206 || status === 416) {
    if (kept === undefined) throw failure;
    await state.forget();
    // What was kept was of no use, so the next try begins without it.
    return { failure, afterMs: 0 };
  }
  if (status === 404) {
    throw new UpdateError('no-such-release', `${shownUrl(url)} is not there`, {
      details: failure.details,
    });
  }
  return judgeRefusal(needs, url, answer, LONGEST_RETRY_AFTER_MS);
}

/** Undefined once the file is there. */
async function attempt(transfer: Transfer, needs: Needs): Promise<Setback | undefined> {
  const { url, options, state } = transfer;
  const kept = await state.kept(url);
  if (kept !== undefined && kept.offset === kept.record.size) {
    await state.finish(kept.record);
    return undefined;
  }
  const headers: Record<string, string> = { accept: BINARY };
  if (kept !== undefined) {
    headers['range'] = `bytes=${kept.offset}-`;
    headers['if-range'] = kept.record.etag ?? '';
  }
  let answer: HttpAnswer;
  try {
    answer = await needs.open(url, headers, options.signal);
  } catch (error) {
    if (!mayPass(error)) throw error;
    return { failure: error };
  }
  try {
    return await judge(needs, transfer, answer, kept);
  } finally {
    answer.discard();
  }
}

/** Once something has arrived, that nobody answers is not the whole truth any more. */
function asItIs({ wire }: Transfer, failure: UpdateError): UpdateError {
  if (!isUnreached(failure) || wire === 0) return failure;
  const { message, details } = failure;
  return new UpdateError('download-failed', message, { cause: failure, details });
}

export function createDownload(needs: Needs): Http['download'] {
  return async (url, options) => {
    const state = createResumeState(needs.disk, options.to);
    const transfer: Transfer = { url, options, state, wire: 0, position: 0, furthest: 0 };
    const finished = await state.finishedBytes(url);
    if (finished !== undefined && finished <= options.maxBytes) {
      options.onBytes(finished, finished);
      return 0;
    }
    const tryAgain = createPerseverance(needs);
    for (;;) {
      options.signal.throwIfAborted();
      const before = transfer.furthest;
      const setback = await attempt(transfer, needs);
      if (setback === undefined) return transfer.wire;
      const failure = asItIs(transfer, setback.failure);
      await tryAgain({ ...setback, failure }, transfer.furthest > before, options.signal);
    }
  };
}

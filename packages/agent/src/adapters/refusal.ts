/**
 * What an answer that is not what was asked for means: nothing that a further try can change, a pause that the server wants, or
 * a setback that may pass.
 */
import type { UpdateError } from '@pikit/protocol';
import type { Clock } from '../ports.ts';
import { isPassingStatus, pageFailure, statusFailure } from './http-failure.ts';
import type { HttpAnswer } from './http.ts';
import type { Pauses } from './pauses.ts';
import { pauseMs } from './rate-limit.ts';

/** Why a try ended before all was there, in a way that may pass, and when to try again where the server has said so. */
export interface Setback {
  readonly failure: UpdateError;
  readonly afterMs?: number | undefined;
}

export interface RefusalNeeds {
  readonly clock: Clock;
  readonly pauses: Pauses;
}

/** A pause of more than `patienceMs` is not waited for, but kept, and told to the owner. */
export async function judgeRefusal(
  { clock, pauses }: RefusalNeeds,
  url: string,
  answer: HttpAnswer,
  patienceMs: number,
): Promise<Setback> {
  const failure = statusFailure(url, answer.status);
  const afterMs = pauseMs(answer, clock.now());
  if (afterMs !== undefined && afterMs > patienceMs) throw await pauses.begin(answer.from, afterMs);
  if (afterMs === undefined && !isPassingStatus(answer.status)) throw failure;
  return { failure, afterMs };
}

/** Nothing that a source has to give is a web page. */
export function refusePage(url: string, answer: HttpAnswer): void {
  const isPage = answer.header('content-type')?.includes('text/html') === true;
  if (isPage && answer.status < 300) throw pageFailure(url, answer);
}

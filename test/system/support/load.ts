/** A crowd of visitors of a page that does not stop, each on a connection of its own, and how many of them were served. */
import { get } from 'node:http';

export interface Load {
  /** Ends it. `failed` says what went wrong with each that was not answered with 200 and the whole of a page. */
  readonly stop: () => Promise<{ readonly served: number; readonly failed: readonly string[] }>;
}

const VISITORS = 4;
const PATIENCE_MS = 60_000;

export function startLoad(url: string, paths: readonly string[]): Load {
  const end = new AbortController();
  let served = 0;
  const failed: string[] = [];
  const visit = async (first: number): Promise<void> => {
    for (let turn = first; !end.signal.aborted; turn += 1) {
      const path = paths[turn % paths.length] ?? '/';
      const failure = await failureOf(url + path);
      if (failure === undefined) served += 1;
      else failed.push(`${path}: ${failure}`);
    }
  };
  const visitors = Array.from({ length: VISITORS }, (_, index) => visit(index));
  return {
    async stop() {
      end.abort();
      await Promise.all(visitors);
      return { served, failed };
    },
  };
}

function failureOf(url: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: PATIENCE_MS }, (response) => {
      response.resume();
      response.once('close', () => {
        const { statusCode, complete } = response;
        resolve(
          statusCode === 200 && complete
            ? undefined
            : `${String(statusCode)}, ${complete ? 'whole' : 'cut off'}`,
        );
      });
    });
    request.once('timeout', () => request.destroy(new Error('no answer')));
    request.once('error', (error) => resolve(error.message));
  });
}

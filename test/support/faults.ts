/** What can go wrong between a device and its release server, as data that a test puts on the release server. */

/** Applies to the next `times` requests (default: every one) whose path matches; members can be combined. */
export interface Fault {
  readonly path?: RegExp;
  /** Default: any. */
  readonly method?: string;
  readonly times?: number;
  /** So many that match are spared before. */
  readonly after?: number;
  /** A captive portal: 200 and a page of HTML, whatever was asked. */
  readonly html?: true;
  /** This HTTP status, with Gitea's kind of error document. */
  readonly status?: number;
  /** Sent along with whatever is answered. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The list has an ETag, as GitHub's has, and is not sent again to whoever knows it. */
  readonly listEtag?: true;
  /** What was asked is done, and the connection breaks instead of an answer. */
  readonly loseAnswer?: true;
  /** The headers promise everything; after so many bytes of body the connection breaks. */
  readonly cutAfterBytes?: number;
  /** A whole 200 answer where a part was asked for. */
  readonly ignoreRange?: true;
  /** `true`: the request is taken and never answered. A number: silence after so many bytes of body. */
  readonly stall?: true | number;
  readonly slowBytesPerSecond?: number;
  /** Silence in the middle of the body until this resolves; for a test that decides when the work goes on. */
  readonly heldUntil?: Promise<unknown>;
  /** A new ETag on each answer, as if the asset had been replaced. */
  readonly changeEtag?: true;
  /** `Content-Encoding: gzip` on bytes that are sent as they are. */
  readonly gzipLabel?: true;
  /** The body never ends, and nobody says how long it is. */
  readonly endless?: true;
  /** Only the first so many bytes exist, and Content-Length says so: a half-finished upload. */
  readonly truncateLength?: number;
}

export interface FaultList {
  /** Returns a function that takes the fault away again. */
  add(fault: Fault): () => void;
  /** All faults due for this request, merged; counts them as used. */
  take(method: string, path: string): Fault;
}

export function createFaultList(): FaultList {
  const waiting: { readonly fault: Fault; left: number; spared: number }[] = [];
  return {
    add(fault) {
      const left = fault.times ?? Number.POSITIVE_INFINITY;
      const entry = { fault, left, spared: fault.after ?? 0 };
      waiting.push(entry);
      return () => {
        entry.left = 0;
      };
    },
    take(method, path) {
      let due: Fault = {};
      for (const entry of waiting) {
        if (entry.left <= 0 || entry.fault.path?.test(path) === false) continue;
        if (method !== (entry.fault.method ?? method)) continue;
        entry.spared -= 1;
        if (entry.spared >= 0) continue;
        entry.left -= 1;
        due = { ...due, ...entry.fault };
      }
      return due;
    },
  };
}

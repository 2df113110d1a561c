/**
 * Finds out that the clock of the device was set while this process runs: a Pi has none that lasts, and may be days or years behind
 * until the network has told it the time. Knows nothing of what is stamped with it.
 */

/** Less is the network's daily correction, and ends nobody's session. Milliseconds. */
const LEAST_MS = 60_000;

interface Clocks {
  /** Milliseconds since the epoch, by the clock that may be set. */
  readonly now: () => number;
  /** Milliseconds of one that nobody sets. */
  readonly steady: () => number;
}

/** Where a stamp of this process belongs since the clock was set; any other stays, because it was made by a clock that was right. */
export type Move = (at: number) => number;

/** The returned function says once for each time that the clock was set what to do about earlier stamps; else undefined. */
export function createSetClock({ now, steady }: Clocks): () => Move | undefined {
  let began = now();
  let ahead = began - steady();
  return () => {
    const after = now();
    const jump = Math.round(after - steady() - ahead);
    if (Math.abs(jump) < LEAST_MS) return undefined;
    const first = began;
    began += jump;
    ahead += jump;
    const last = after - jump + LEAST_MS;
    return (at) => (at >= first && at <= last ? at + jump : at);
  };
}

/** Many small pieces become few large ones, because each piece that is written is a call of the operating system. */

/** So much is written without another thread. */
const MOST_BYTES = 64 * 1024;

/** `bytes`: how many will come, for the room that is taken; more are taken as well. A chunk holds until the next is asked for. */
export async function* gather(
  pieces: AsyncIterable<Uint8Array>,
  bytes: number,
): AsyncGenerator<Uint8Array, void> {
  const size = Math.max(1, Math.min(bytes, MOST_BYTES));
  const room = new Uint8Array(size);
  let filled = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      const part = piece.subarray(at, at + size - filled);
      room.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < size) continue;
      yield room;
      filled = 0;
    }
  }
  if (filled > 0) yield room.subarray(0, filled);
}

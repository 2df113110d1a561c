/** Opens the wanted port or, when somebody else has it, one of the next. */

const TRIES = 50;

/** `open` rejects with `EADDRINUSE` for a taken port; any other rejection is passed on. */
export async function onNextFreePort<T>(
  wanted: number,
  open: (port: number) => Promise<T>,
): Promise<T> {
  for (let port = wanted; ; port += 1) {
    try {
      return await open(port);
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!taken) throw error;
      if (port >= wanted + TRIES || port >= 65_535) {
        throw new Error(`no free port from ${wanted} to ${port}`, { cause: error });
      }
    }
  }
}

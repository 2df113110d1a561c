/** Pieces of asynchronous work one after the other, in the order in which they were asked for. */

export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** A piece that fails fails for its own caller only; the next one runs all the same. */
export function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine;
    return mine;
  };
}

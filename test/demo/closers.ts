/** What was started, to be ended in reverse order, also when Ctrl-C comes in the middle of starting. */

export interface Closers {
  /** Closes at once when everything has been closed already. */
  add(close: () => Promise<void>): Promise<void>;
  /** Idempotent; one that fails does not keep the others from closing, and the first failure is thrown at the end. */
  closeAll(): Promise<void>;
}

export function createClosers(): Closers {
  const waiting: (() => Promise<void>)[] = [];
  let closing: Promise<void> | undefined;
  const closeEach = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (let close = waiting.pop(); close !== undefined; close = waiting.pop()) {
      await close().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  };
  return {
    async add(close) {
      if (closing === undefined) waiting.push(close);
      else await close();
    },
    closeAll: () => (closing ??= closeEach()),
  };
}

/** Something that waits until a test lets it go on. */

export interface Latch {
  /** Resolves when it was opened. */
  readonly opened: Promise<void>;
  /** Idempotent. */
  open(): void;
}

export function createLatch(): Latch {
  const opening = new AbortController();
  return {
    opened: new Promise((resolve) => {
      opening.signal.addEventListener('abort', () => resolve(), { once: true });
    }),
    open: () => opening.abort(),
  };
}

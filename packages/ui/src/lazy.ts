/**
 * Something that is fetched later than the page, and again until it is there: a device that restarts its services cannot be asked for
 * it. It never gives up while it lives, and knows nothing of what it fetches.
 */
export interface Lazy<T> {
  /** Undefined until it is there. */
  readonly value: () => T | undefined;
  /** How often it could not be had. */
  readonly failures: () => number;
  /** Begins, unless it has begun. */
  readonly begin: () => void;
  /** At once, also in a pause between two attempts. */
  readonly hurry: () => void;
}

/** Milliseconds. */
export interface LazyPace {
  readonly firstPauseMs: number;
  /** The longest pause while somebody waits, and while nobody does. */
  readonly mostPauseMs: { readonly urgent: number; readonly calm: number };
  /** What has not come by then may never come, on a line that is dead without knowing it: it is asked for once more. */
  readonly patienceMs: number;
}

export const LAZY_PACE: LazyPace = {
  firstPauseMs: 500,
  mostPauseMs: { urgent: 4000, calm: 60_000 },
  patienceMs: 15_000,
};

interface Needs<T> {
  /** `attempt` counts from 0, and is never the same twice. */
  readonly fetch: (attempt: number) => Promise<T>;
  /** Somebody waits for it. */
  readonly isUrgent: () => boolean;
  readonly onChange: () => void;
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly pace?: LazyPace;
}

export function createLazy<T>(needs: Needs<T>): Lazy<T> {
  const { fetch, isUrgent, onChange, signal, pace = LAZY_PACE } = needs;
  let value: T | undefined;
  let attempts = 0;
  let failures = 0;
  let isTrying = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener('abort', () => clearTimeout(timer));

  const isOver = (): boolean => value !== undefined || signal.aborted;

  const attempt = (): void => {
    let isOpen = true;
    isTrying = true;
    /** Once for each attempt, either because it failed or because it took too long. */
    const fail = (): void => {
      if (!isOpen || isOver()) return;
      isOpen = false;
      isTrying = false;
      clearTimeout(timer);
      const most = isUrgent() ? pace.mostPauseMs.urgent : pace.mostPauseMs.calm;
      timer = setTimeout(attempt, Math.min(pace.firstPauseMs * 2 ** failures, most));
      failures += 1;
      onChange();
    };
    timer = setTimeout(fail, pace.patienceMs);
    attempts += 1;
    // What comes after its time is as good.
    fetch(attempts - 1).then((found) => {
      if (isOver()) return;
      clearTimeout(timer);
      value = found;
      onChange();
    }, fail);
  };

  const hurry = (): void => {
    if (isTrying || isOver()) return;
    clearTimeout(timer);
    attempt();
  };

  return {
    value: () => value,
    failures: () => failures,
    begin() {
      if (attempts === 0) hurry();
    },
    hurry,
  };
}

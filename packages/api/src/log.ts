/**
 * Log lines for journald: a syslog level in angle brackets, then one line of text. The only file that writes to stdout
 * or stderr. Callers pass neither passwords, nor cookies, nor query strings.
 */

export interface Log {
  info(message: string): void;
  warning(message: string): void;
  error(message: string, cause?: unknown): void;
}

const LEVELS = { info: 6, warning: 4, error: 3 } as const;

/** Most lines have nothing else, and are looked at no further. */
const PLAIN = /^[ -~]*$/;

/** Control characters would let a request forge a line, colour a terminal, or turn the order of what is read around. */
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

export function createLog(write: (line: string) => void): Log {
  const emit = (level: keyof typeof LEVELS, message: string): void => {
    const text = PLAIN.test(message) ? message : message.replaceAll(CONTROL, ' ');
    write(`<${LEVELS[level]}>${text}\n`);
  };
  return {
    info: (message) => emit('info', message),
    warning: (message) => emit('warning', message),
    error: (message, cause) =>
      emit('error', cause === undefined ? message : `${message}: ${describe(cause)}`),
  };
}

const GATHER_MS = 10;

/**
 * What is said within a moment goes out in one piece: a pipe is written to while everything else waits, and whoever reads it takes
 * a processor, too. Call `flush` before the process ends.
 */
export function createGatherer(write: (text: string) => void) {
  let pending = '';
  const flush = (): void => {
    const text = pending;
    pending = '';
    if (text !== '') write(text);
  };
  return {
    write: (line: string): void => {
      if (pending === '') setTimeout(flush, GATHER_MS);
      pending += line;
    },
    flush,
  };
}

/** The chain of causes with the first stack, in one line. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const first = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? first : `${first} caused by ${describe(error.cause)}`;
}

/** Refusals are no bugs: without a stack, but with what lies beneath. */
export function describeBriefly({ message, cause }: Error): string {
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

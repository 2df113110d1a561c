/**
 * Puts off the reload that follows an update while the page holds what it would lose: a token that is shown once, a file on its
 * way, words that somebody is typing. It knows nothing of the page; it asks whether something is held.
 */
interface Needs {
  readonly holds: () => boolean;
  readonly reload: () => void;
}

const LOOK_EVERY_MS = 1000;

/** For the event before the reload: what it prevents it makes up for, once, as soon as nothing is held any more. */
export function createLateReload({ holds, reload }: Needs) {
  let timer: ReturnType<typeof setInterval> | undefined;
  return (event: Pick<Event, 'preventDefault'>): void => {
    if (!holds()) return;
    event.preventDefault();
    timer ??= setInterval(() => {
      if (holds()) return;
      clearInterval(timer);
      reload();
    }, LOOK_EVERY_MS);
  };
}

/** Tells whoever looks at a terminal that nothing is broken, only slow. It ends nothing: the operator has Ctrl-C. */

const NOTE_AFTER_MS = 2000;

/** `note` is called once, when `work` takes longer. */
export async function withNote<T>(
  work: Promise<T>,
  note: () => void,
  afterMs = NOTE_AFTER_MS,
): Promise<T> {
  const timer = setTimeout(note, afterMs);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}

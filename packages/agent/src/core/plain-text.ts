/** Text in which a stranger may have had a say, such as the name of a file, for a terminal. It translates nothing else. */

/** In one line. An escape sequence in a name must not reach root's terminal. */
export function plain(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** An answer of several lines. */
export function plainLines(text: string): string {
  return text.split('\n').map(plain).join('\n');
}

/** What went wrong: of several lines the others stand apart, so that a name with a line in it cannot pass for one of ours. */
export function plainMessage(text: string): string {
  return text.split('\n').map(plain).join('\n  ');
}

/** Where in a file of settings a key stands, for whoever has it open in an editor. Nothing here judges what is written there. */

/** `[limits]` and `[[target]]`. */
const TABLE = /^\s*(\[{1,2})\s*([\w.-]+)\s*\]/;
const SETTING = /^\s*([\w.-]+)\s*=/;

/** `target 2, to` for `target.1.to`: people count from one. */
export function wordsOf(key: string): string {
  return key.replace(
    /\.(\d+)(?:\.|$)/g,
    (found, index: string) => ` ${String(Number(index) + 1)}${found.endsWith('.') ? ', ' : ''}`,
  );
}

/** The line that the key, or else the innermost table around it, is written in; undefined where that is not seen at a glance. */
export function lineOf(text: string, key: string): number | undefined {
  const lines = new Map<string, number>();
  const counts = new Map<string, number>();
  let table = '';
  for (const [index, line] of text.split('\n').entries()) {
    const [, brackets, name] = TABLE.exec(line) ?? [];
    const [, setting] = SETTING.exec(line) ?? [];
    if (name !== undefined) {
      const count = counts.get(name) ?? 0;
      counts.set(name, count + 1);
      table = brackets === '[[' ? `${name}.${String(count)}` : name;
      note(lines, name, index + 1);
      note(lines, table, index + 1);
    } else if (setting !== undefined) {
      note(lines, table === '' ? setting : `${table}.${setting}`, index + 1);
    }
  }
  for (let path = key; path !== ''; path = path.slice(0, Math.max(0, path.lastIndexOf('.')))) {
    const line = lines.get(path);
    if (line !== undefined) return line;
  }
  return undefined;
}

/** What is written twice is looked for where it begins. */
function note(lines: Map<string, number>, path: string, line: number): void {
  if (!lines.has(path)) lines.set(path, line);
}

/** The fenced blocks of a page in Markdown, in their order. It runs none of them. */

export interface Block {
  /** What stands behind the fence, such as `sh`. */
  readonly language: string;
  readonly text: string;
  /** Of its fence, counted from one. */
  readonly line: number;
  /** The comment `<!-- not run: … -->` before it says why. */
  readonly notRun: string | undefined;
}

const FENCE = /^```(\S*)$/;
const NOT_RUN = /^<!-- not run: (.+) -->$/;

/** Throws for a block without an end. */
export function blocksOf(page: string): readonly Block[] {
  const blocks: Block[] = [];
  const lines = page.split('\n');
  let notRun: string | undefined;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const language = FENCE.exec(line)?.[1];
    if (language === undefined) {
      // The comment stands directly before its block, with empty lines at most.
      if (line !== '') notRun = NOT_RUN.exec(line)?.[1];
      continue;
    }
    const end = lines.indexOf('```', at + 1);
    if (end === -1) throw new Error(`the block of line ${String(at + 1)} has no end`);
    blocks.push({ language, text: lines.slice(at + 1, end).join('\n'), line: at + 1, notRun });
    [at, notRun] = [end, undefined];
  }
  return blocks;
}

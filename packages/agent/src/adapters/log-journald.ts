/**
 * The agent's own log: lines on standard output with the priority that journald reads (`SyslogLevelPrefix=yes`). One
 * message is one line, whatever a server or a file name put into it.
 */
import type { Log } from '../ports.ts';

const PRIORITY = { error: 3, warning: 4, info: 6 } as const;

/** A line break could forge a line of its own, an escape sequence could repaint the operator's terminal. */
function escapeControls(message: string): string {
  return message.replace(/\p{Cc}|\u2028|\u2029/gu, (character) => {
    if (character === '\t') return character;
    if (character === '\n') return '\\n';
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** `write` takes whole lines. */
export function createLog(write: (line: string) => unknown): Log {
  const log = (level: keyof typeof PRIORITY) => (message: string) => {
    write(`<${PRIORITY[level]}>${escapeControls(message)}\n`);
  };
  return { info: log('info'), warning: log('warning'), error: log('error') };
}

/** For a terminal, where nobody takes the priority away. */
export function withoutPriority(line: string): string {
  return line.replace(/^<\d>/, '');
}

/** Reading a password from a real pipe and a real terminal. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../../test/support/repository-root.ts';
import { withTempDir } from '../../../test/support/temp-dir.ts';
import { waitFor } from '../../../test/support/wait-for.ts';
import { bundle } from './support/bundle.ts';

const SOURCE = join(repositoryRoot(), 'packages/api/src/standard-input.ts');

/** `use` is called with the words of a command that prints what was read as JSON, or the code of the error. */
const withReader = (use: (words: readonly string[]) => Promise<void>): Promise<void> =>
  withTempDir(async (directory) => {
    const file = await bundle(SOURCE, join(directory, 'standard-input.mjs'));
    const script = `import { readPassword } from ${JSON.stringify(file)};
      const read = await readPassword().catch(({ code }) => ({ code }));
      process.stdout.write(JSON.stringify(read));`;
    await use([process.execPath, '--input-type=module', '--eval', script]);
  });

/** Everything that the terminal shows to who types the answers when they are asked for. */
async function onTerminal(words: readonly string[], answers: Readonly<Record<string, string>>) {
  const command = words.map((word) => `'${word}'`).join(' ');
  const terminal = spawn('script', ['-qec', command, '/dev/null']);
  let shown = '';
  let isOver = false;
  terminal.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text));
  terminal.on('close', () => (isOver = true));
  try {
    for (const [question, answer] of Object.entries(answers)) {
      await waitFor(question, () => shown.includes(question));
      terminal.stdin.write(`${answer}\r`);
    }
    await waitFor('its end', () => isOver);
  } finally {
    terminal.kill();
  }
  return shown.replaceAll('\r', '');
}

describe('readPassword', () => {
  it('takes the first line without its break, and asks nobody but a terminal', () =>
    withReader(async ([program = '', ...args]) => {
      const read = (input: string) => {
        const { stdout, stderr } = spawnSync(program, args, { input, encoding: 'utf8' });
        return [JSON.parse(stdout), stderr];
      };
      expect(read('one \r\ntwo\n')).toEqual(['one ', '']);
      expect(read('no break')).toEqual(['no break', '']);
      expect(read('')).toEqual(['', '']);
    }));

  it('asks twice on a terminal, and shows nothing of the answers', () =>
    withReader(async (words) => {
      const same = { 'New password: ': 'pässword 1', 'Once more: ': 'pässword 1' };
      expect(await onTerminal(words, same)).toBe('New password: \nOnce more: \n"pässword 1"');
      const other = { ...same, 'Once more: ': 'password 2' };
      expect(await onTerminal(words, other)).toBe(
        'New password: \nOnce more: \n{"code":"invalid-request"}',
      );
    }));
});

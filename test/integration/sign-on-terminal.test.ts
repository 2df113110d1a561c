/** The bundled program on a real terminal: it asks for the password, and nobody who looks on can read it. */
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSigningKey } from '../../deploy/release/src/signing-key.ts';
import { buildRelease } from '../support/bundle-builder.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { withTempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait-for.ts';

/** A hundredth of a second. */
const CHEAP = { operations: 2 ** 15, memoryBytes: 2 ** 24 };
const PROGRAM = join(repositoryRoot(), 'deploy/release/dist/pikit-release.mjs');

/** Types the answer when it is asked for. Everything that the terminal shows, and how it ended. */
async function onTerminal(answer: string, ...args: readonly string[]) {
  const { PIKIT_RELEASE_PASSWORD: _, ...env } = process.env;
  const command = [process.execPath, PROGRAM, ...args].map((word) => `'${word}'`).join(' ');
  const terminal = spawn('script', ['-qec', command, '/dev/null'], { env });
  let shown = '';
  terminal.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text));
  let code: number | undefined;
  terminal.on('close', (ended) => (code = ended ?? -1));
  try {
    await waitFor('the question', () => shown.includes('Password: '));
    terminal.stdin.write(answer);
    await waitFor('its end', () => code !== undefined);
  } finally {
    terminal.kill();
  }
  return { shown, code };
}

describe('pikit-release on a terminal', () => {
  it('asks for the password and does not show it', () =>
    withTempDir(async (dir) => {
      const { dir: release, manifest } = await buildRelease(
        { version: '1.0.0', files: { a: 'a' } },
        dir,
      );
      const key = createSigningKey();
      const keyFile = join(dir, 'x.key');
      await writeFile(keyFile, await key.seal(Buffer.from('tr0ub4dor'), CHEAP));
      const wrong = await onTerminal('tr0ub4dour\r', 'sign', release, '--key', keyFile);
      expect(wrong).toMatchObject({ code: 1 });
      expect(wrong.shown).toContain('wrong password');
      const right = await onTerminal('tr0ub4dor\r', 'sign', release, '--key', keyFile);
      expect(right).toMatchObject({ code: 0 });
      expect(right.shown).toContain(key.id);
      expect(wrong.shown + right.shown).not.toContain('tr0ub4');
      expect(await readFile(`${manifest}.minisig`, 'utf8')).toContain('timestamp:');
      const stopped = await onTerminal('\u0003', 'sign', release, '--force', '--key', keyFile);
      expect(stopped).toMatchObject({ code: 1 });
    }));
});

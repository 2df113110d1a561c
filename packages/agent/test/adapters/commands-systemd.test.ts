/** Commands of a release with systemd's programs on PATH: what systemd is asked, and what its answers become. */
import type { TransactionId } from '@pikit/protocol';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { createCommands } from '../../src/adapters/commands-systemd.ts';
import type { CommandRun, Commands } from '../../src/system-ports.ts';

const BIN = join(import.meta.dirname, '../../../../test/support/bin');
const PATH = `${BIN}:${process.env['PATH']}`;
const TRANSACTION = '20260102T042000Z-0a1b2c' as TransactionId;
const UNIT = `pikit-command-${TRANSACTION}-2.service`;

interface Bench {
  readonly commands: Commands;
  readonly dir: string;
  /** Runs a program of these lines. */
  readonly run: (script: string, patch?: Partial<CommandRun>) => ReturnType<Commands['run']>;
}

const withCommands = (work: (bench: Bench) => Promise<void>): Promise<void> =>
  withTempDir(async (dir) => {
    await mkdir(join(dir, 'units'));
    const commands = createCommands({ root: '/', env: { PATH, PIKIT_FAKE_SYSTEMD: dir } });
    const program = join(dir, 'program');
    const run: Bench['run'] = async (script, patch) => {
      await writeFile(program, `#!/bin/sh\n${script}\n`);
      await chmod(program, 0o755);
      return commands.run({
        transaction: TRANSACTION,
        index: 2,
        program,
        args: [],
        directory: dir,
        version: '1.2.0',
        user: 'root',
        write: [],
        timeoutMs: 10_000,
        ...patch,
      });
    };
    await work({ commands, dir, run });
  });

const linesOf = async (dir: string, name: string): Promise<readonly string[]> =>
  (await readFile(join(dir, name), 'utf8')).trimEnd().split('\n');

describe('createCommands, run', () => {
  it('runs the program in its directory, with its words and little else around it', () =>
    withCommands(async ({ run, dir }) => {
      const script = 'pwd; echo "$PIKIT_VERSION|$LANG|$HOME|$1|$2"';
      expect(await run(script, { args: ['up', '--to=3'] })).toEqual({
        failure: undefined,
        output: [dir, '1.2.0|C.UTF-8||up|--to=3'],
      });
      const asked = await linesOf(dir, 'runs.log');
      expect(asked.slice(0, 3)).toEqual(['--no-ask-password', '--quiet', `--unit=${UNIT}`]);
      expect(asked.slice(-4)).toEqual(['--', join(dir, 'program'), 'up', '--to=3']);
      expect(asked.slice(3, -4).every((word) => word.startsWith('--property='))).toBe(true);
    }));

  it.each([
    ['exit code 3: no such table', 'echo working; echo "no such table" >&2; exit 3'],
    ['ended by signal 9', 'kill -9 $$'],
    ['the program cannot be executed', 'exit 203'],
    ['the user of updater.toml is not on this device', 'exit 217'],
  ])('says %s', (failure, script) =>
    withCommands(async ({ run }) => {
      expect((await run(script)).failure).toMatch(new RegExp(`^${failure}`));
    }),
  );

  it('says that the time was up, and forgets the unit so that its name is free again', () =>
    withCommands(async ({ run, dir }) => {
      const { failure } = await run('exec sleep 30', { timeoutMs: 300 });
      expect(failure).toBe('did not end within 0.3 s');
      const calls = await linesOf(dir, 'calls.log');
      expect(
        calls.slice(-2).map((line) => line.replace('--no-ask-password --no-pager ', '')),
      ).toEqual([`stop -- ${UNIT}`, `reset-failed -- ${UNIT}`]);
      expect((await run('true')).failure).toBeUndefined();
    }));

  it('keeps the end of a long output, and of long lines the beginning', () =>
    withCommands(async ({ run }) => {
      const { output } = await run(
        'for i in 1 2 3 4 5 6 7; do echo "line $i"; echo; done; head -c 5000 /dev/zero | tr "\\0" x',
      );
      expect(output.slice(0, 2)).toEqual(['line 6', 'line 7']);
      expect(output.slice(2)).toEqual(['x'.repeat(300)]);
    }));

  it('says what systemd-run said when nothing came to run', () =>
    withTempDir(async (dir) => {
      const commands = createCommands({ root: '/', env: { PATH } });
      const { failure, output } = await commands.run({
        transaction: TRANSACTION,
        index: 0,
        program: '/bin/true',
        args: [],
        directory: dir,
        version: '1.2.0',
        user: 'root',
        write: [],
        timeoutMs: 1000,
      });
      expect(failure).toContain('not been booted with systemd');
      expect(output).toEqual([]);
    }));
});

describe('createCommands', () => {
  it('is there where systemd runs the device, and only for the real root', () =>
    withCommands(async ({ commands, dir }) => {
      expect(await commands.isAvailable()).toBe(true);
      const env = { PATH, PIKIT_FAKE_SYSTEMD: dir };
      expect(await createCommands({ root: '/mnt', env }).isAvailable()).toBe(false);
      expect(await createCommands({ root: '/', env: { PATH } }).isAvailable()).toBe(false);
      expect(await createCommands({ root: '/', env: { PATH: dir } }).isAvailable()).toBe(false);
    }));

  it('stops all commands of a transaction by one pattern', () =>
    withCommands(async ({ commands, dir }) => {
      await commands.stopAll(TRANSACTION);
      const calls = await linesOf(dir, 'calls.log');
      expect(calls[0]).toContain(`stop -- pikit-command-${TRANSACTION}-*.service`);
    }));

  it('has nothing to stop without systemd, and says when systemd does not stop it', () =>
    withTempDir(async (dir) => {
      await createCommands({ root: '/', env: { PATH } }).stopAll(TRANSACTION);
      await createCommands({ root: '/', env: { PATH: dir } }).stopAll(TRANSACTION);
      await writeFile(join(dir, 'systemctl'), '#!/bin/sh\necho "Access denied" >&2\nexit 4\n');
      await chmod(join(dir, 'systemctl'), 0o755);
      const env = { PATH: `${dir}:${PATH}` };
      const error = await expectCode(
        createCommands({ root: '/', env }).stopAll(TRANSACTION),
        'service-failed',
      );
      expect(error.details).toMatchObject({ action: 'stop', reason: 'Access denied' });
    }));
});

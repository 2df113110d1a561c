/** systemd's programs are asked without a shell, and every way of not answering is an answer. */
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { askSystemd } from '../../src/adapters/systemd-programs.ts';

/** With a `systemctl` of these lines alone on the PATH. */
const withProgram = (
  script: string,
  work: (ask: (...args: readonly string[]) => ReturnType<typeof askSystemd>) => Promise<void>,
  timeoutMs = 60_000,
): Promise<void> =>
  withTempDir(async (dir) => {
    const program = join(dir, 'systemctl');
    await writeFile(program, `#!/bin/sh\n${script}\n`);
    await chmod(program, 0o755);
    const env = { PATH: `${dir}:/usr/bin:/bin` };
    await work((...args) => askSystemd('systemctl', args, { timeoutMs, env }));
  });

describe('askSystemd', () => {
  it('hands words on as they are, and wants neither questions nor translations', () =>
    withProgram('printf "%s|" "$@" "$LC_ALL"', async (ask) => {
      expect(await ask('show', '$(id); *', 'a b')).toMatchObject({
        exit: 0,
        stdout: '--no-ask-password|--no-pager|show|$(id); *|a b|C|',
        reason: '',
        without: false,
      });
    }));

  it('gives the last line of a complaint as the reason', () =>
    withProgram('printf "first\\nsecond\\n" >&2; exit 5', async (ask) => {
      expect(await ask()).toMatchObject({ exit: 5, reason: 'second' });
    }));

  it('does not wait for one that hangs', () =>
    withProgram(
      'exec sleep 30',
      async (ask) => {
        expect(await ask()).toMatchObject({ exit: null, reason: 'no answer within 0.5 s' });
      },
      500,
    ));

  it('does not keep what one without end says', () =>
    withProgram('exec yes', async (ask) => {
      const { exit, stdout } = await ask();
      expect(exit).toBeNull();
      expect(stdout.length).toBeLessThanOrEqual(64 * 1024);
    }));

  it('knows a device that was booted without systemd by any line of the complaint', () =>
    withProgram(
      `echo "System has not been booted with systemd as init system (PID 1). Can't operate." >&2
echo 'Failed to connect to bus: Host is down' >&2
exit 1`,
      async (ask) => {
        expect(await ask('show')).toMatchObject({ exit: 1, without: true });
      },
    ));

  it('answers also where the system starts no program, as with a word that is too long for it', () =>
    withProgram('true', async (ask) => {
      const answer = await ask('x'.repeat(200_000));
      expect(answer).toMatchObject({ exit: null, stdout: '', without: false });
      expect(answer.reason).toContain('E2BIG');
    }));

  it('says which program a device lacks', () =>
    withTempDir(async (dir) => {
      const bounds = { timeoutMs: 60_000, env: { PATH: dir } };
      expect(await askSystemd('journalctl', [], bounds)).toMatchObject({
        exit: null,
        without: true,
        reason: 'this device has no journalctl',
      });
    }));
});

/** Other programs, run within a bound. */
import { describe, expect, it } from 'vitest';
import { runProgram } from '../../../src/cli/device/program.ts';

const node = (script: string, timeoutMs = 60_000) =>
  runProgram(process.execPath, ['-e', script], timeoutMs);

describe('runProgram', () => {
  it('tells exit code and what was said', async () => {
    const script = 'process.stdout.write("a"); process.stderr.write("b"); process.exitCode = 3';
    expect(await node(script)).toEqual({ code: 3, stdout: 'a', stderr: 'b' });
    expect(await node('')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('ends what does not end by itself, and says so', async () => {
    const ended = await node('setInterval(() => {}, 1000)', 200);
    expect(ended).toEqual({ code: undefined, stdout: '', stderr: 'it did not end in time' });
  });

  it('has no code for what could not be started', async () => {
    const { code, stderr } = await runProgram('/none/such', [], 1000);
    expect(code).toBeUndefined();
    expect(stderr).toContain('ENOENT');
  });
});

/**
 * A command of a release as a transient unit of systemd, which keeps the time limit and the sandbox even when this process
 * dies. The unit's name is made of what is known after a restart, so that a former life's command can be found and ended.
 */
import type { TransactionId } from '@pikit/protocol';
import type { Commands } from '../system-ports.ts';
import { sandboxOf } from './command-sandbox.ts';
import { askSystemd, serviceFailure, type Answer } from './systemd-programs.ts';

const ASK_TIMEOUT_MS = 10_000;
/** The unit has five seconds to stop, and a busy Pi takes its time to start it. */
const GRACE_MS = 30_000;
const MAX_LINES = 5;
const MAX_LINE_LENGTH = 300;

interface Options {
  /** Paths of a command are those of the running system: below another root none can be run. */
  readonly root: string;
  /** Default: this process's own. */
  readonly env?: NodeJS.ProcessEnv;
}

/** `index` may be `*` for systemctl. */
function unitOf(transaction: TransactionId, index: number | '*'): string {
  return `pikit-command-${transaction}-${String(index)}.service`;
}

/** What an operator can act on is said in words; the numbers are those of systemd.exec(5). */
const START_FAILURES: Readonly<Record<string, string>> = {
  203: 'the program cannot be executed',
  217: 'the user of updater.toml is not on this device',
  226: 'a path of `write` in updater.toml is not on this device, or systemd cannot confine here',
};

export function createCommands({ root, env }: Options): Commands {
  const systemctl = (args: readonly string[], timeoutMs: number = ASK_TIMEOUT_MS) =>
    askSystemd('systemctl', args, { timeoutMs, env });

  /** A failed unit stays loaded, and its name taken, until it is forgotten. */
  const stop = async (units: string): Promise<Answer> => {
    const answer = await systemctl(['stop', '--', units], GRACE_MS);
    await systemctl(['reset-failed', '--', units]);
    return answer;
  };

  const reasonOf = async (unit: string, timeoutMs: number, answer: Answer): Promise<string> => {
    const asked = ['show', '--property', 'Result', '--property', 'ExecMainStatus', '--', unit];
    const shown = (await systemctl(asked)).stdout;
    const result = /^Result=(.*)$/m.exec(shown)?.[1] ?? '';
    const status = /^ExecMainStatus=(.*)$/m.exec(shown)?.[1] ?? '';
    if (result === 'exit-code') return START_FAILURES[status] ?? `exit code ${status}`;
    if (result === 'timeout') return `did not end within ${String(timeoutMs / 1000)} s`;
    if (['signal', 'core-dump'].includes(result)) return `ended by signal ${status}`;
    // Systemd never came to run it.
    return answer.reason;
  };

  /** Only informs: where there is no journal, nothing is lost but its words. */
  const lastLines = async (unit: string): Promise<readonly string[]> => {
    const ask = { timeoutMs: ASK_TIMEOUT_MS, env };
    await askSystemd('journalctl', ['--sync'], ask);
    const filter = [`--lines=${String(MAX_LINES)}`, '--output=cat', '_TRANSPORT=stdout'];
    const { stdout } = await askSystemd('journalctl', [...filter, `_SYSTEMD_UNIT=${unit}`], ask);
    const lines = stdout.split('\n').filter((line) => line.trim() !== '');
    return lines.slice(-MAX_LINES).map((line) => line.slice(0, MAX_LINE_LENGTH));
  };

  return {
    async isAvailable() {
      if (root !== '/') return false;
      return (await systemctl(['show', '--property', 'Version', '--value'])).exit === 0;
    },
    async stopAll(transaction) {
      if (root !== '/') return;
      const units = unitOf(transaction, '*');
      const answer = await stop(units);
      if (answer.exit !== 0 && !answer.without) throw serviceFailure(units, 'stop', answer);
    },
    async run({ transaction, index, program, args, ...shape }) {
      const unit = unitOf(transaction, index);
      const properties = sandboxOf(shape).map((property) => `--property=${property}`);
      const words = [`--unit=${unit}`, ...properties, '--', program, ...args];
      const timeoutMs = shape.timeoutMs + GRACE_MS;
      const answer = await askSystemd('systemd-run', words, { timeoutMs, env });
      const output = await lastLines(unit);
      if (answer.exit === 0) return { failure: undefined, output };
      const reason = await reasonOf(unit, shape.timeoutMs, answer);
      await stop(unit);
      return { failure: [reason, ...output.slice(-1)].join(': '), output };
    },
  };
}

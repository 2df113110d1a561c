/**
 * `pikit-release`: the maintainer's half, from a build directory to a release that devices can fetch. It chooses the command
 * and prints its answer; the commands do the work.
 */
import { UpdateError } from '@pikit/protocol';
import { parseArgs } from 'node:util';
import packageJson from '../package.json' with { type: 'json' };
import { plain, plainLines, plainMessage } from '../../../packages/agent/src/core/plain-text.ts';
import { wrongOption } from '../../../packages/agent/src/core/wrong-option.ts';
import type { Answer, Command } from './command.ts';
import { COMMANDS } from './commands/all.ts';

const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

const HELP = `pikit-release: makes, signs, checks and publishes releases

usage: pikit-release COMMAND [options]

commands:
${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(9)} ${summary}`).join('\n')}

options of each:
  --json      one JSON document on stdout, also for errors
  --help, -h  what the command can do

pikit-release --version tells its version.
exit: 0 done, 1 failed, 2 usage
`;

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  const isHelp = name === '--help' || name === '-h';
  if (name === undefined || isHelp) return say(HELP, isHelp ? EXIT.ok : EXIT.usage);
  if (name === '--version') return say(`${packageJson.version}\n`, EXIT.ok);
  const command = COMMANDS.find((one) => one.name === name);
  if (command === undefined) {
    throw new UpdateError('invalid-request', `there is no command ${name}; see --help`);
  }
  const { values, positionals } = parse(command, rest);
  if (values['help'] === true) return say(`${command.help}\n`, EXIT.ok);
  const answer = await command.run({ values, positionals }, note);
  return say(values['json'] === true ? toJson(answer) : `${plainLines(answer.text)}\n`, EXIT.ok);
}

const toJson = ({ document }: Answer): string => `${JSON.stringify(document)}\n`;

function parse({ options }: Command, args: readonly string[]) {
  const common = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...options, ...common },
    });
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new UpdateError('invalid-request', wrongOption(text), { cause });
  }
}

function note(words: string): void {
  if (process.stderr.isTTY) process.stderr.write(`pikit-release: ${plain(words)}\n`);
}

function say(text: string, code: number): number {
  process.stdout.write(text);
  return code;
}

function fail(thrown: unknown): number {
  const failure =
    thrown instanceof UpdateError
      ? thrown
      : new UpdateError('internal', thrown instanceof Error ? thrown.message : String(thrown));
  if (process.argv.includes('--json')) say(`${JSON.stringify({ error: failure.toView() })}\n`, 0);
  process.stderr.write(`pikit-release: ${plainMessage(failure.message)}\n`);
  return failure.code === 'invalid-request' ? EXIT.usage : EXIT.failed;
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // What was to be done is done, and a reader that has seen enough, such as `head`, has gone.
  if (error.code === 'EPIPE') return;
  process.stderr.write(`pikit-release: stdout: ${error.code ?? error.message}\n`);
  process.exit(EXIT.failed);
});
process.exitCode = await main(process.argv.slice(2)).catch(fail);

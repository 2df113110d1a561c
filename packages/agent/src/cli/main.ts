/**
 * pikit-rpc: calls any method of the agent from a root shell, and watches it work. It talks to the root-only socket and
 * has no power of its own.
 */
import { isMethodName, methods, UpdateError } from '@pikit/protocol';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import packageJson from '../../package.json' with { type: 'json' };
import { AGENT_SOCKET } from '../core/layout.ts';
import { plainMessage } from '../core/plain-text.ts';
import { adviceOn } from './advice.ts';
import { describeAnswer } from './answers.ts';
import { connectAgent } from './client.ts';
import { runDoctor } from './doctor/command.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { toFailure } from './failure.ts';
import { parseParams } from './params.ts';
import { withNote } from './patience.ts';
import { describeError } from './print.ts';
import { runRescue } from './rescue/command.ts';
import { rootIn, rootOf } from './root-option.ts';
import { mindOutputs } from './said.ts';
import { watch } from './watch.ts';
import { withRoot } from './with-root.ts';

const HELP = `pikit-rpc: talk to the Pi-Kit agent

usage: pikit-rpc [options] METHOD [PARAMS]   call a method; PARAMS is a JSON object
       pikit-rpc [options] watch             follow status and log until Ctrl-C
       pikit-rpc [options] doctor            look at everything, and say what is wrong and what to do
       pikit-rpc [options] rescue            when nothing else works: end what is unfinished, or else roll back

methods: ${Object.keys(methods)
  .filter((name) => name !== 'agent.hello')
  .join('\n         ')}

options:
  --json          one JSON document on stdout, also for errors
  --root DIR      the sandbox whose agent is meant (default /)
  --socket PATH   another socket
  --ask           doctor: look for releases first, so that the sources are really asked
  --audit         doctor: read every installed file first; takes minutes
  --yes           rescue: act without a question, also where there is no terminal
  --help, --version

examples: pikit-rpc update.status
          pikit-rpc update.apply '{"version":"1.4.0","manifestSha256":"…"}'
            with "unattended":true in a script that nobody watches: what failed here before, or was rolled back, is refused
            with "stageOnly":true it only fetches: the same call without it installs later, without the network
          pikit-rpc update.cancel '{"transaction":"…"}'
            of one that has ended: takes away what it has fetched

exit: 0 done, 1 failed, 2 usage, 69 agent unreachable, 75 busy, 77 not allowed, 78 bad config
      doctor: 0 all well, 1 a person is needed; rescue: 0 one whole release runs, 1 a person is needed
`;

const CLIENT = `pikit-rpc ${packageJson.version}`;

const LOOKING = 'still looking; an agent that hangs is waited for, 20 seconds at most';

/** Those that are no methods, and take no PARAMS. */
const OWN_COMMANDS = ['watch', 'doctor', 'rescue'];

/** A reader that leaves early is no reason to leave a rescue half done. */
const ended = mindOutputs('pikit-rpc');

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      root: { type: 'string', default: '/' },
      socket: { type: 'string' },
      ask: { type: 'boolean', default: false },
      audit: { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      version: { type: 'boolean', default: false },
    },
  });
}

async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parse(argv);
  const [command, params, ...extra] = positionals;
  if (values.version) return say(packageJson.version);
  if (values.help) return say(HELP.trimEnd());
  const isOwn = command !== undefined && OWN_COMMANDS.includes(command);
  if (command === undefined || extra.length > 0 || (isOwn && params !== undefined)) {
    throw new UpdateError(
      'invalid-request',
      'name one method and its PARAMS, or watch, doctor or rescue; see --help',
    );
  }
  const root = rootOf(values.root);
  const note = (words: string): void => {
    tellPerson(withRoot(words, root));
  };
  const own = { root, self: fileURLToPath(import.meta.url), client: CLIENT };
  if (command === 'doctor') {
    const first = [
      ...(values.ask ? (['update.check'] as const) : []),
      ...(values.audit ? (['update.verify'] as const) : []),
    ];
    const patient = { ...own, uid: process.getuid?.() ?? 0, first, nowMs: Date.now() };
    return withNote(runDoctor(patient, values.json, say), () => note(LOOKING));
  }
  if (command === 'rescue') {
    const patient = { ...own, uid: process.getuid?.() ?? 0, yes: values.yes, note };
    return rescue(patient, values.json);
  }
  if (command !== 'watch' && !isMethodName(command)) {
    throw new UpdateError('invalid-request', `unknown method ${command}; see --help`);
  }
  const checked = command === 'watch' ? undefined : parseParams(command, params);
  const socket = values.socket ?? join(root, AGENT_SOCKET);
  const client = await withNote(connectAgent(socket, CLIENT), () =>
    note('the agent does not answer yet; if it stays so: pikit-rpc doctor'),
  );
  const tell = (words: string): number => say(values.json ? words : withRoot(words, root));
  try {
    if (command === 'watch') {
      process.stdout.once('error', () => void ended(EXIT.ok).then((code) => process.exit(code)));
      await watch(client, tell, values.json);
      return EXIT.ok;
    }
    const result = await withNote(client.request(command, checked), () =>
      note(`waiting for the answer to ${command}; Ctrl-C ends the waiting`),
    );
    return tell(values.json ? JSON.stringify(result) : describeAnswer(command, result));
  } finally {
    client.close();
  }
}

/** In one document what it has said, too: there is nothing else that a script could be told. */
async function rescue(patient: Parameters<typeof runRescue>[0], json: boolean): Promise<number> {
  if (!json) return runRescue(patient, say);
  const said: string[] = [];
  const exit = await runRescue(patient, (line) => void said.push(line));
  say(JSON.stringify({ ok: exit === EXIT.ok, said }));
  return exit;
}

function say(line: string): number {
  process.stdout.write(`${line}\n`);
  return EXIT.ok;
}

/** For a person alone: what a program reads on standard error is a failure. */
function tellPerson(words: string): void {
  if (process.stderr.isTTY) process.stderr.write(`pikit-rpc: ${words}\n`);
}

function fail(thrown: unknown): number {
  const failure = toFailure(thrown);
  const root = rootIn(process.argv);
  if (process.argv.includes('--json')) say(JSON.stringify({ error: failure.toView() }));
  const facts =
    Object.keys(failure.details).length === 0 ? failure.message : describeError(failure);
  process.stderr.write(
    `pikit-rpc: ${withRoot(`${plainMessage(facts)}${adviceOn(failure)}`, root)}\n`,
  );
  return exitCodeOf(failure.code);
}

// A connection to an agent that hangs would keep the program running.
process.exit(await ended(await main(process.argv.slice(2)).catch(fail)));

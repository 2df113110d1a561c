/**
 * pikit-rpc: calls any method of the agent from a root shell, and watches it work. It talks to the root-only socket and
 * has no power of its own.
 */
import { isMethodName, methods, UpdateError } from '@pikit/protocol';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import packageJson from '../../package.json' with { type: 'json' };
import { connectAgent, type AgentClient } from './client.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { toFailure } from './failure.ts';
import { describeAudit, describeError, describeStatus } from './print.ts';
import { watch } from './watch.ts';

const HELP = `pikit-rpc: talk to the Pi-Kit agent

usage: pikit-rpc [options] METHOD [PARAMS]   call a method; PARAMS is a JSON object
       pikit-rpc [options] watch             follow status and log until Ctrl-C

methods: ${Object.keys(methods)
  .filter((name) => name !== 'agent.hello')
  .join('\n         ')}

options:
  --json          one JSON document on stdout, also for errors
  --root DIR      the sandbox whose agent is meant (default /)
  --socket PATH   another socket
  --help, --version

examples: pikit-rpc update.status
          pikit-rpc update.apply '{"version":"1.4.0","manifestSha256":"…"}'
            with "unattended":true in a script that nobody watches: what failed here before, or was rolled back, is refused
            with "stageOnly":true it only fetches: the same call without it installs later, without the network
          pikit-rpc update.cancel '{"transaction":"…"}'
            of one that has ended: takes away what it has fetched

exit: 0 done, 1 failed, 2 usage, 69 agent unreachable, 75 busy, 77 not allowed
`;

async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      root: { type: 'string', default: '/' },
      socket: { type: 'string' },
      help: { type: 'boolean', default: false },
      version: { type: 'boolean', default: false },
    },
  });
  const [command, params, ...extra] = positionals;
  if (values.version) return say(packageJson.version);
  if (values.help) return say(HELP.trimEnd());
  if (command === undefined || extra.length > 0 || (command === 'watch' && params !== undefined)) {
    throw new UpdateError(
      'invalid-request',
      'name one method and its PARAMS, or watch; see --help',
    );
  }
  if (command !== 'watch' && !isMethodName(command)) {
    throw new UpdateError('invalid-request', `unknown method ${command}; see --help`);
  }
  const checked = parseParams(command, params ?? '{}');
  const socket = values.socket ?? join(values.root, '/run/pikit/agent.sock');
  const client = await connectAgent(socket, `pikit-rpc ${packageJson.version}`);
  try {
    if (command === 'watch') await watch(client, say, values.json);
    else say(await answer(client, command, checked, values.json));
    return EXIT.ok;
  } finally {
    client.close();
  }
}

function parseParams(command: string, text: string): unknown {
  if (!isMethodName(command)) return undefined;
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new UpdateError('invalid-request', `PARAMS is not JSON: ${text}`, { cause });
  }
  const parsed = v.safeParse(methods[command].params, document);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new UpdateError(
    'invalid-request',
    `PARAMS: ${v.getDotPath(issue) ?? 'object'}: ${issue.message}`,
  );
}

async function answer(
  client: AgentClient,
  method: keyof typeof methods,
  params: unknown,
  json: boolean,
): Promise<string> {
  if (!json && method === 'update.status') return describeStatus(await client.call(method, {}));
  if (!json && method === 'update.verify') return describeAudit(await client.call(method, {}));
  const result = await client.request(method, params);
  return JSON.stringify(result, undefined, json ? 0 : 2);
}

function say(line: string): number {
  process.stdout.write(`${line}\n`);
  return EXIT.ok;
}

function fail(thrown: unknown): number {
  const failure = toFailure(thrown);
  if (process.argv.includes('--json')) say(JSON.stringify({ error: failure.toView() }));
  const facts =
    Object.keys(failure.details).length === 0 ? failure.message : describeError(failure);
  process.stderr.write(`pikit-rpc: ${facts}\n`);
  return exitCodeOf(failure.code);
}

// because a reader such as `head` that leaves early is no error of ours
process.stdout.on('error', () => process.exit(EXIT.ok));
process.exitCode = await main(process.argv.slice(2)).catch(fail);

/** What `npm start -- …` understands, and the help that says so. It decides nothing and starts nothing. */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot } from '../support/repository-root.ts';

const DEFAULT_PORT = 8420;

export const HELP = `Pi-Kit demo: a sandboxed device with a sample dashboard, a release server, the agent and the api.

usage: npm start
       npm start -- [options]

options:
  --port N        port of the dashboard (default ${DEFAULT_PORT}; a taken port: the next free one)
  --sandbox DIR   where the device lives (default .sandbox in the checkout)
  --reset         begin anew: a fresh device with version 1.0.0
  --check         go the whole way by itself in a temporary sandbox, say what held, exit 0 or 1
  --help

A second start continues where the first one ended. Ctrl-C ends everything.
`;

export interface Options {
  readonly port: number;
  readonly sandbox: string;
  readonly reset: boolean;
  readonly check: boolean;
  readonly help: boolean;
}

/** Throws an `Error` whose message is a sentence for the person at the keyboard. */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      port: { type: 'string', default: String(DEFAULT_PORT) },
      sandbox: { type: 'string', default: join(repositoryRoot(), '.sandbox') },
      reset: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port < 1 || port > 65_535) {
    throw new Error(`--port takes a number from 1 to 65535, not ${JSON.stringify(values.port)}`);
  }
  // npm changes into the checkout before it starts us; a relative path is meant from where the person stands.
  const sandbox = resolve(process.env['INIT_CWD'] ?? '.', values.sandbox);
  return { ...values, port, sandbox };
}

/**
 * Starts the real, bundled agent and api as two processes on a sandboxed device, for the demo and for integration tests.
 * The programs must have been built (`node deploy/build.mjs`).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { dirname, join } from 'node:path';
import { lastWords, startChild, type Child } from './child.ts';
import { repositoryRoot } from './repository-root.ts';
import { layDownDevice, type Device, type DeviceRecipe } from './sandbox-root.ts';
import { waitFor } from './wait-for.ts';

export interface StackOptions extends DeviceRecipe {
  /** 0, the default, takes a free one. */
  readonly apiPort?: number;
  /** For Node itself, before the api's program: a module that measures it from within, for example. */
  readonly apiNodeArgs?: readonly string[];
  /** For signing in; at least 8 characters. Only used when the device has none yet. */
  readonly password?: string;
  /** All that the api writes, in pieces as they arrive. */
  readonly onApiOutput?: (text: string) => void;
  /** Told when one of them ends although nobody stopped it; `words` say how, with its last lines. */
  readonly onUnexpectedEnd?: (which: 'agent' | 'api', words: string) => void;
}

export interface Stack {
  readonly device: Device;
  readonly password: string;
  /** Of the api that runs now or ran last, without a slash at the end. */
  apiUrl(): string;
  apiPid(): number;
  /** What agent and api said so far, for a test that wants to explain a failure. */
  output(): string;
  /** Every call of `systemctl`, one line of arguments each. */
  systemctlCalls(): Promise<readonly string[]>;
  /** SIGKILL in the middle of whatever it does. */
  killAgent(): Promise<void>;
  stopAgent(): Promise<void>;
  startAgent(): Promise<void>;
  /** SIGKILL: its connections break without a word. */
  killApi(): Promise<void>;
  stopApi(): Promise<void>;
  startApi(): Promise<void>;
  /** Both, orderly; idempotent. The device stays. */
  stop(): Promise<void>;
}

const AGENT = 'packages/agent/dist/pikit-agent.mjs';
const API = 'packages/api/dist/pikit-api.mjs';
const UI = 'packages/ui/dist';
const START_BOUND_MS = 60_000;

/** Rejects, with both programs ended, when one of them dies or does not answer in time; the message has its last lines. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { password = 'a sandbox password' } = options;
  const checkout = repositoryRoot();
  for (const output of [AGENT, API, UI]) {
    if (existsSync(join(checkout, output))) continue;
    throw new Error(`${output} is missing: run node deploy/build.mjs first`);
  }
  const device = await layDownDevice(options, options.apiPort ?? 0);
  await linkUi(device, join(checkout, UI));
  const env = {
    ...process.env,
    PATH: `${join(checkout, 'test/support/bin')}:${process.env['PATH'] ?? ''}`,
    PIKIT_FAKE_SYSTEMD: device.systemd,
  };
  if (!existsSync(device.passwordFile)) await setPassword(device, join(checkout, API), password);

  let agent: Child | undefined;
  let api: Child | undefined;
  let apiUrl = '';
  const begin = (name: 'agent' | 'api', args: readonly string[]): Child =>
    startChild({
      name,
      args,
      env,
      ...(name === 'api' && options.onApiOutput ? { onOutput: options.onApiOutput } : {}),
      onUnexpectedEnd: (child) => options.onUnexpectedEnd?.(name, lastWords(child)),
    });

  const stack: Stack = {
    device,
    password,
    apiUrl: () => apiUrl,
    apiPid: () => api?.pid ?? 0,
    output: () => [agent, api].map((child) => (child ? lastWords(child, 200) : '')).join('\n'),
    systemctlCalls: () => readLines(join(device.systemd, 'calls.log')),
    killAgent: async () => agent?.kill(),
    stopAgent: async () => agent?.stop(),
    async startAgent() {
      agent = begin('agent', [join(checkout, AGENT), '--root', device.root]);
      await answering(agent, () => accepts(device.agentSocket));
    },
    killApi: async () => api?.kill(),
    stopApi: async () => api?.stop(),
    async startApi() {
      const { apiNodeArgs = [] } = options;
      const child = begin('api', [...apiNodeArgs, join(checkout, API), '--config', device.apiToml]);
      api = child;
      apiUrl = await answering(child, () => listeningUrl(child.output()));
    },
    async stop() {
      await Promise.all([api?.stop(), agent?.stop()]);
    },
  };
  try {
    await stack.startAgent();
    await stack.startApi();
  } catch (error) {
    await stack.stop();
    throw error;
  }
  return stack;
}

/** The built page is the same for every sandbox, so the device has only a link to it. */
async function linkUi(device: Device, built: string): Promise<void> {
  const place = join(device.root, 'usr/share/pikit/ui');
  await rm(place, { force: true });
  await mkdir(dirname(place), { recursive: true });
  await symlink(built, place);
}

async function setPassword(device: Device, program: string, password: string): Promise<void> {
  const args = [program, '--config', device.apiToml, '--set-password'];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  child.stdin.end(`${password}\n`);
  const [code]: unknown[] = await once(child, 'close');
  if (code !== 0) throw new Error(`the password could not be set: ${complaint.trim()}`);
}

/** Polls until the probe answers; a child that ended in the meantime is the reason in the error. */
async function answering<T>(
  child: Child,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const dead = Symbol('dead');
  let answer: T | typeof dead;
  try {
    answer = await waitFor<T | typeof dead>(
      `the ${child.name} to answer`,
      () => (child.ended() === undefined ? probe() : dead),
      { timeoutMs: START_BOUND_MS },
    );
  } catch (cause) {
    throw new Error(`did not start in ${START_BOUND_MS / 1000} s: ${lastWords(child)}`, { cause });
  }
  if (answer === dead) throw new Error(`did not start: ${lastWords(child)}`);
  return answer;
}

function accepts(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

function listeningUrl(output: string): string | undefined {
  return /listening on (http:\/\/[^\s"]+)/.exec(output)?.[1];
}

async function readLines(path: string): Promise<readonly string[]> {
  if (!existsSync(path)) return [];
  return (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
}

/** `npm start`: a device in a directory, to be looked at in a browser, until Ctrl-C. `--check` goes the whole way alone. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createInterface } from 'node:readline';
import { runCheck } from './check.ts';
import { createClosers, type Closers } from './closers.ts';
import { HELP, readOptions, type Options } from './options.ts';
import { startDemo, type Demo } from './start-demo.ts';

const EXIT = { ok: 0, failed: 1, usage: 2 } as const;
/** More often than this, and starting again helps nobody. */
const RESTARTS = 5;
/** Bytes a second: the sample bundle takes about three seconds. */
const SLOW_LINE = 1000;

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

async function run(argv: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = readOptions(argv);
  } catch (error) {
    say(`${messageOf(error)}\n\n${HELP}`);
    return EXIT.usage;
  }
  if (options.help) {
    say(HELP);
    return EXIT.ok;
  }
  const closers = createClosers();
  const signal = nextSignal();
  try {
    if (!options.check) return await demonstrate(options, closers, signal);
    const passed = await runCheck({ say, closers, interrupted: signal });
    return passed ? EXIT.ok : EXIT.failed;
  } catch (error) {
    say(messageOf(error));
    return EXIT.failed;
  } finally {
    await closers.closeAll();
  }
}

async function demonstrate(
  { sandbox, reset, port }: Options,
  closers: Closers,
  signal: Promise<string>,
): Promise<number> {
  let demo: Demo | undefined;
  let restarts = 0;
  const onUnexpectedEnd = (which: 'agent' | 'api', words: string): void => {
    say(`\nEnded unexpectedly: ${words}`);
    restarts += 1;
    if (demo === undefined) return;
    if (restarts > RESTARTS) say(`The ${which} is not started again; Ctrl-C ends the demo.`);
    else void startAgain(demo, which);
  };
  const starting = startDemo({ sandbox, reset, port, closers, onUnexpectedEnd });
  const stopped = await Promise.race([starting.then(() => false), signal.then(() => true)]);
  if (stopped) {
    say('\nStopping …');
    await closers.closeAll();
    await starting.catch(() => undefined); // because it was interrupted on purpose
    return EXIT.ok;
  }
  demo = await starting;
  // The sample bundle is tiny; without a slow line there would be nothing to watch, and no time to cancel.
  demo.releaseServer.fault({ path: /\.tar\.gz$/, slowBytesPerSecond: SLOW_LINE });
  say(welcome(demo, sandbox, port));
  const keyboard = listenToKeyboard(demo);
  await signal;
  keyboard.close();
  say('\nStopping …');
  await closers.closeAll();
  say('Everything has ended. The sandbox stays; npm start continues from it.');
  return EXIT.ok;
}

/** As systemd would, so that `kill -9` of the agent in the middle of an update can be tried out. */
async function startAgain({ stack }: Demo, which: 'agent' | 'api'): Promise<void> {
  await sleep(1000);
  try {
    await (which === 'agent' ? stack.startAgent() : stack.startApi());
    say(`The ${which} runs again.`);
  } catch (error) {
    say(messageOf(error));
  }
}

function welcome(demo: Demo, sandbox: string, wanted: number): string {
  const { url, password, stack, maintainer } = demo;
  const taken = new URL(url).port === String(wanted) ? '' : `  (port ${wanted} is taken)`;
  const badRelease = process.stdin.isTTY
    ? `  4. Type  bad  and Enter here: a broken release 1.2.0 is published. Install it and see how
     the device notices and goes back by itself.
`
    : '';
  const signedLate = maintainer.isLate
    ? `
This sandbox is of an earlier demo, whose releases nobody had signed. They are signed now, and its device has
the key and takes no others any more. --reset begins anew, with releases that were signed from the start.
`
    : '';
  return `
The Pi-Kit demo runs.
${signedLate}
  Address     ${url}${taken}
  Password    ${password}

What to try
  1. Open the address, press the "Updates" chip in the top bar, and sign in.
  2. Press Check now: version 1.1.0 appears, signed with the key ${maintainer.keyId}. Read what
     changes, press Download & Install, and see the page turn green, with a new card.
  3. Press Roll back to 1.0.0: the page is as it was.
${badRelease}
The device is a directory: ${stack.device.root}
  pikit-rpc for it:  node packages/agent/dist/pikit-rpc.mjs --root ${stack.device.root} update.status
Remove ${sandbox} or start with --reset to begin anew. Ctrl-C ends everything.
`;
}

function listenToKeyboard(demo: Demo): { close(): void } {
  if (!process.stdin.isTTY) return { close: () => undefined };
  const lines = createInterface({ input: process.stdin });
  // The terminal's line editing swallows Ctrl-C, which must mean the same everywhere.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  lines.on('line', (line) => {
    if (line.trim() !== 'bad') return;
    demo.publishBadRelease().then(
      () => say('Release 1.2.0, which is broken, is on the release server now: press Check now.'),
      (error: unknown) => say(messageOf(error)),
    );
  });
  return lines;
}

function nextSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, resolve);
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// Whoever read along has left (`npm start | head`): the children must still be ended in order.
process.stdout.on('error', () => undefined);
process.exitCode = await run(process.argv.slice(2));
// Nothing may keep a finished demo alive: an open keep-alive connection of a browser would.
process.exit();

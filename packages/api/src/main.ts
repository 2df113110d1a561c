/**
 * The api's composition root and only place of construction: arguments, configuration, parts, listen, orderly end. It
 * runs without privileges and never touches what the agent owns.
 */
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UpdateError } from '@pikit/protocol';
import { createClient } from './agent/client.ts';
import { openConnection } from './agent/connection.ts';
import { createHistoryFile } from './agent/history-file.ts';
import { createLine } from './agent/line.ts';
import { createLink } from './agent/link.ts';
import { createStateFile } from './agent/state-file.ts';
import { createStatusFeed } from './agent/status-feed.ts';
import { createApp } from './app.ts';
import { readArguments, USAGE } from './arguments.ts';
import { isStillIn } from './auth/caller.ts';
import { readPasswordHash, writePassword } from './auth/password-file.ts';
import { createSessions } from './auth/sessions.ts';
import { createSignIn } from './auth/sign-in.ts';
import { createSetUpCode } from './auth/set-up-code.ts';
import { createThrottle } from './auth/throttle.ts';
import { createTokens } from './auth/tokens.ts';
import { loadConfig, type Config } from './config.ts';
import { createImportSpool } from './import-spool.ts';
import { createLog, createGatherer, type Log } from './log.ts';
import { createOpenStreams } from './open-streams.ts';
import { pageDirectories } from './page-directory.ts';
import { startServer } from './server.ts';
import { readPassword } from './standard-input.ts';
import { createToldChanges } from './told-changes.ts';
import { createUnchangedFile } from './unchanged-file.ts';
import { API_VERSION } from './version.ts';

const EXIT = { ok: 0, failed: 1, usage: 2, config: 78 } as const;

const PASSWORD_IS_SET = 'The password is set. Whoever was signed in has to sign in again.\n';

const DIAL_TIMEOUT_MS = 10_000;
const IDLE_MS = 30_000;
const BACK_OFF_MS = { first: 250, last: 5000 };
const HEARTBEAT_MS = 15_000;
/** A browser on a bad Wi-Fi. */
const UPLOAD_STALL_MS = 30_000;
const SHUTDOWN_GRACE_MS = 2000;

function createAgentSide(config: Config, log: Log) {
  const line = createLine({
    connect: (onNotification) =>
      openConnection({
        socketPath: config.agentSocket,
        client: `pikit-api ${API_VERSION}`,
        timeoutMs: DIAL_TIMEOUT_MS,
        onNotification,
        onProtocolError: (cause) => log.error('the agent breaks the protocol', cause),
      }),
    hasSocket: () => isSocket(config.agentSocket),
  });
  line.listen({ onReach: (reach) => log.info(`agent is ${reach}`) });
  const link = createLink({ line, idleMs: IDLE_MS, backOffMs: BACK_OFF_MS });
  const client = createClient(link);
  const feed = createStatusFeed({
    line,
    link,
    client,
    readState: createStateFile(config.stateFile),
    onFailure: (what, cause) => log.error(what, cause),
  });
  // The agent keeps it beside its snapshot.
  const readHistory = createHistoryFile(join(dirname(config.stateFile), 'history.jsonl'));
  return { line, link, client, feed, readHistory };
}

/** Milliseconds of a clock that nobody sets. */
const steady = (): number => performance.now();

async function createAccounts(config: Config, log: Log) {
  const { sessionFile, tokenFile, passwordFile, session } = config;
  const sessions = await createSessions({
    file: sessionFile,
    ...session,
    now: Date.now,
    steady,
    log,
  });
  const tokens = await createTokens({ file: tokenFile, now: Date.now, log });
  const setUpCode = createSetUpCode(steady);
  const signIn = createSignIn({
    readPasswordHash: createUnchangedFile(passwordFile, () => readPasswordHash(passwordFile)),
    writePassword: (password) => writePassword(passwordFile, password),
    sessions,
    setUpCode,
    throttle: createThrottle(steady, sessions.addresses()),
  });
  return { sessions, tokens, setUpCode, signIn };
}

async function serve(config: Config, log: Log): Promise<void> {
  // Asked for first: whoever has read the line that we listen may already send one.
  const stopped = nextSignal();
  const { setUpCode, ...accounts } = await createAccounts(config, log);
  const { sessions, tokens, signIn } = accounts;
  const streams = createOpenStreams({
    heartbeatMs: HEARTBEAT_MS,
    isStillIn: (caller) => isStillIn(caller, accounts),
  });
  const spool = createImportSpool({ ...config.import, stallMs: UPLOAD_STALL_MS, log });
  await spool.clear();
  const { link, ...agentSide } = createAgentSide(config, log);
  const app = createApp({
    ...agentSide,
    ...accounts,
    proxySignIn: config.proxySignIn,
    streams,
    spool,
    log,
    version: API_VERSION,
    uiDirectories: pageDirectories(fileURLToPath(import.meta.url), config.uiDirectory),
    allowedHosts: config.allowedHosts,
    sessionMs: config.session.absoluteMs,
  });
  /** A password file that cannot be read lets nobody in, and ends nothing. */
  const lookAtPassword = createToldChanges(log, 'the password file can be read again');
  /** A password that the command line has set ends what is open, too, although nobody signs in. */
  const endFormer = async (): Promise<void> => {
    await signIn.endFormer();
    streams.endRevoked();
  };
  const offerSetUp = async (): Promise<void> => {
    if (await signIn.hasPassword()) return;
    log.warning(
      `no password is set: choose one on the page with the set-up code ${setUpCode.issue()}, which counts once and for an hour (a restart prints another one), or run pikit-api set-password`,
    );
  };
  const server = await startServer({ app, ...config.listen });
  log.info(`listening on ${server.url}`);
  await lookAtPassword(offerSetUp);
  const watch = setInterval(() => void lookAtPassword(endFormer), HEARTBEAT_MS);
  log.info(`${await stopped}: stopping`);
  clearInterval(watch);
  streams.endAll();
  await server.close(SHUTDOWN_GRACE_MS);
  link.close();
  await sessions.flush();
  await tokens.flush();
}

/** A log that cannot be written is no reason to serve nobody. An answer that cannot is a failure, unless its reader has left. */
function mindOutput(isServing: boolean): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isServing || error.code === 'EPIPE') return;
    process.stderr.write(`pikit-api: stdout: ${error.code ?? error.message}\n`);
    process.exit(EXIT.failed);
  });
}

async function run(argv: readonly string[], log: Log): Promise<number> {
  const parsed = readArguments(argv);
  mindOutput(parsed.kind === 'serve');
  if (parsed.kind === 'help' || parsed.kind === 'version') {
    process.stdout.write(parsed.kind === 'help' ? USAGE : `${API_VERSION}\n`);
    return EXIT.ok;
  }
  if (parsed.kind === 'usage-error') {
    process.stderr.write(`pikit-api: ${parsed.message}\n\n${USAGE}`);
    return EXIT.usage;
  }
  try {
    const config = await loadConfig(parsed.configFile);
    if (parsed.kind === 'serve') await serve(config, log);
    else if (parsed.kind === 'set-password') {
      await writePassword(config.passwordFile, await readPassword());
      if (process.stdin.isTTY) process.stderr.write(PASSWORD_IS_SET);
    } else process.stdout.write(`${parsed.configFile}: good\n`);
    return EXIT.ok;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`pikit-api: ${message}\n`);
    if (!(error instanceof UpdateError)) return EXIT.failed;
    if (error.code === 'config-invalid') return EXIT.config;
    return error.code === 'invalid-request' ? EXIT.usage : EXIT.failed;
  }
}

/** The first SIGTERM or SIGINT; a second one ends the process in Node's own way. */
function nextSignal(): Promise<string> {
  return new Promise((resolve) => {
    const once = (signal: string): void => {
      process.off('SIGTERM', once);
      process.off('SIGINT', once);
      resolve(signal);
    };
    process.on('SIGTERM', once);
    process.on('SIGINT', once);
  });
}

async function isSocket(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isSocket();
  } catch {
    // because a socket that this user cannot even look at is as far away as one that is not there.
    return false;
  }
}

const output = createGatherer((text) => process.stdout.write(text));
// Also when an error ends the process.
process.once('exit', output.flush);
process.exitCode = await run(process.argv.slice(2), createLog(output.write));

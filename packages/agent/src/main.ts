/**
 * The agent's composition root: reads the arguments and the config, constructs everything once, and then serves the two
 * sockets or makes one call in the foreground. Nothing else constructs.
 */
import { UpdateError } from '@pikit/protocol';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import packageJson from '../package.json' with { type: 'json' };
import { createArchive } from './adapters/archive-tar.ts';
import { unbrotli } from './adapters/brotli.ts';
import { createCaFile, type ReadCa } from './adapters/ca-file.ts';
import { createClock } from './adapters/clock-system.ts';
import { createCommands } from './adapters/commands-systemd.ts';
import { readConfigFile } from './adapters/config-file.ts';
import { createConfiguredSource, tokenOf, type Reach } from './adapters/configured-source.ts';
import { createConnections } from './adapters/connections.ts';
import { digest } from './adapters/digest-crypto.ts';
import { createDisk } from './adapters/disk-posix.ts';
import { keepHeapSmall } from './adapters/frugal-heap.ts';
import { watchForHangs } from './adapters/hang-watch.ts';
import { createKeptAnswers } from './adapters/kept-answers.ts';
import { createLock } from './adapters/lock-file.ts';
import { createLog, withoutPriority } from './adapters/log-journald.ts';
import { createPauses } from './adapters/pauses.ts';
import { createProber } from './adapters/probe-http.ts';
import { createProxyRules } from './adapters/proxy-rules.ts';
import { createServices } from './adapters/services-systemd.ts';
import { createSuccession } from './adapters/succession-systemd.ts';
import { signatureMath } from './adapters/signature-crypto.ts';
import { EXIT, exitCodeOf } from './cli/exit-codes.ts';
import { toFailure } from './cli/failure.ts';
import {
  adviceInForeground,
  runForeground,
  runMending,
  runRecovery,
  standardOutput,
} from './cli/foreground.ts';
import { rootIn, rootOf } from './cli/root-option.ts';
import { mindOutputs } from './cli/said.ts';
import { withRoot } from './cli/with-root.ts';
import { parseConfig, type Config } from './config.ts';
import { ANSWERS, CONFIG_FILE, LOCK_FILE, PAUSES_FILE } from './core/layout.ts';
import { plainMessage } from './core/plain-text.ts';
import { createTarGuard } from './core/tar-guard.ts';
import { createDispatch } from './rpc/dispatch.ts';
import { createErrorReply } from './rpc/error-reply.ts';
import { createHandlers } from './rpc/handlers.ts';
import { serve } from './rpc/serve.ts';
import { steps } from './steps/all.ts';
import { createLeftovers } from './steps/leftovers.ts';
import { settle } from './steps/settle.ts';
import { decidedPolicy, policyFor } from './updater/decided-policy.ts';
import { createExclusive } from './updater/exclusive.ts';
import { mendTargets } from './updater/mend-targets.ts';
import { plainTargets } from './updater/plain-targets.ts';
import { createRunner } from './updater/runner.ts';
import { createSources } from './updater/sources.ts';
import { createStatusBoard } from './updater/status-board.ts';
import { createStore } from './updater/store.ts';
import { createTransactionLogs } from './updater/transaction-log.ts';
import { createUpdater } from './updater/updater.ts';

const HELP = `pikit-agent: installs releases and rolls them back

usage: pikit-agent [options]                        serve the sockets
       pikit-agent [options] --run METHOD [PARAMS]  make one call, wait for its end, print the result
       pikit-agent [options] --recover              end what a power cut left unfinished, print its result or {}
       pikit-agent [options] --recover-targets      only finish a switch that was cut off, before the services of a
                                                    device that boots start; the agent ends the rest
       pikit-agent [options] --plain-targets        before the updater is removed: make each target a plain file or directory
       pikit-agent [options] --check-config         say whether the config is good

options:
  --root DIR      every path of the device hangs below DIR (default /)
  --config FILE   default ROOT${CONFIG_FILE}
  --help, --version

exit: 0 done and durable, 1 failed, 2 usage, 75 busy, 78 bad config
`;

const USER_AGENT = `pikit-agent/${packageJson.version}`;

/** A disk that was full or refused for a moment. */
const DAEMON_RETRY_DELAYS_MS = [1_000, 5_000, 30_000, 120_000];
/** Somebody waits for the answer. */
const FOREGROUND_RETRY_DELAYS_MS = [0];

async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      root: { type: 'string', default: '/' },
      config: { type: 'string' },
      'check-config': { type: 'boolean', default: false },
      recover: { type: 'boolean', default: false },
      'recover-targets': { type: 'boolean', default: false },
      'plain-targets': { type: 'boolean', default: false },
      run: { type: 'string' },
      help: { type: 'boolean', default: false },
      version: { type: 'boolean', default: false },
    },
  });
  if (values.help || values.version) {
    process.stdout.write(values.help ? HELP : `${packageJson.version}\n`);
    return EXIT.ok;
  }
  const [params, ...extra] = positionals;
  if (extra.length > 0 || (params !== undefined && values.run === undefined)) {
    throw new UpdateError('invalid-request', 'too many arguments; see --help');
  }
  const { recover, 'recover-targets': mend, 'plain-targets': plain } = values;
  const modes = [values.run !== undefined, recover, mend, plain];
  if (modes.filter(Boolean).length > 1) {
    const text =
      '--run, --recover, --recover-targets and --plain-targets exclude each other; see --help';
    throw new UpdateError('invalid-request', text);
  }
  keepHeapSmall();
  // Files of a release must be readable by the web server, whatever the shell says.
  process.umask(0o022);
  const root = rootOf(values.root);
  const file = values.config ?? join(root, CONFIG_FILE);
  const config = parseConfig(await readConfigFile(file), file);
  if (values['check-config']) {
    for (const source of config.sources) await tokenOf(source, root)?.();
    await caOf(config.network, root)?.();
    process.stdout.write(`${file}: good\n`);
    return EXIT.ok;
  }
  const isDaemon = !modes.includes(true);
  // In the foreground stdout belongs to the result.
  const output = isDaemon ? process.stdout : process.stderr;
  const retryDelaysMs = isDaemon ? DAEMON_RETRY_DELAYS_MS : FOREGROUND_RETRY_DELAYS_MS;
  const write = (line: string) => output.write(output.isTTY ? withoutPriority(line) : line);
  const agent = compose(config, { root, retryDelaysMs, write });
  const foreground = standardOutput(root);
  if (mend) return runMending(agent.mendTargets, foreground);
  if (plain) return runMending(agent.plainTargets, foreground);
  if (recover) return runRecovery(agent, foreground);
  if (values.run !== undefined) return runForeground(agent, values.run, params, foreground);
  await serve({ ...agent, root, env: process.env, watchForHangs: () => watchForHangs(agent) });
  // Connections are open and a step may be under way: both end here as in a power cut, and the journal knows.
  process.exit(EXIT.ok);
}

interface Setting {
  readonly root: string;
  readonly retryDelaysMs: readonly number[];
  readonly write: (line: string) => unknown;
}

function compose(
  { sources: settings, network, stallTimeoutMs, policy }: Config,
  { root, retryDelaysMs, write }: Setting,
) {
  const log = createLog(write);
  const clock = createClock();
  const disk = createDisk({ root });
  const lock = createLock({ path: join(root, LOCK_FILE), clock });
  const boot = clock.randomHex(8);
  const store = createStore({ disk, log });
  const services = createServices();
  const board = createStatusBoard({ disk, store, clock, policy, services, boot });
  const logs = createTransactionLogs({ disk, clock, log });
  const reach = reachOf(network, { root, stallTimeoutMs, disk, clock });
  const configured = settings.map((setting) => createConfiguredSource(setting, reach));
  const sources = createSources({ sources: configured, digest, log });
  const tools = {
    policy,
    arch: process.arch,
    updaterVersion: packageJson.version,
    disk,
    archive: createArchive(createTarGuard),
    unbrotli,
    source: sources,
    services,
    ...onSystemd(root, clock),
    prober: createProber(),
    clock,
    digest,
    signatureMath,
  };
  const runner = createRunner({ tools, steps, store, board, logs, clock });
  const leftovers = createLeftovers(disk, () => decidedPolicy(policy, store));
  const exclusive = createExclusive({
    lock,
    store,
    board,
    runner,
    leftovers,
    settle: (unfinished) => settle({ disk, policy: policyFor(policy, unfinished) }),
    log,
    clock,
    retryDelaysMs,
  });
  const updater = createUpdater({ tools, store, board, exclusive, lock, log });
  const handlers = createHandlers({
    updater,
    board,
    store,
    logs,
    disk,
    lock,
    sources,
    agentVersion: packageJson.version,
    boot,
    pid: process.pid,
  });
  return {
    dispatch: createDispatch(handlers),
    errorReply: createErrorReply({ clock, log }),
    feed: { onStatus: board.subscribe, onLog: logs.subscribe },
    recover: updater.recover,
    isRunning: exclusive.isRunning,
    ...onTargets({ tools, store, lock, logs }),
    settled: updater.settled,
    disk,
    clock,
    log,
  };
}

function onSystemd(root: string, clock: Parameters<typeof createSuccession>[0]['clock']) {
  return {
    commands: createCommands({ root }),
    succession: createSuccession({
      launcher: process.env['PIKIT_LAUNCHER'],
      program: fileURLToPath(import.meta.url),
      pid: process.pid,
      clock,
    }),
  };
}

/** What is done to the targets outside of any transaction. */
function onTargets(needs: Parameters<typeof mendTargets>[0]) {
  const mend = async () => mendTargets(needs);
  return { mendTargets: mend, plainTargets: async () => plainTargets({ ...needs, mend }) };
}

type Way = Pick<Reach, 'root' | 'stallTimeoutMs' | 'disk' | 'clock'>;

/** How all servers are met. */
function reachOf(network: Config['network'], way: Way): Reach {
  return {
    ...way,
    userAgent: USER_AGENT,
    digest,
    routeTo: createConnections({
      proxyFor: createProxyRules({ ...network, env: process.env }),
      readCa: caOf(network, way.root),
    }),
    pauses: createPauses({ ...way, path: PAUSES_FILE }),
    answers: createKeptAnswers({ ...way, path: ANSWERS }),
  };
}

function caOf({ ca_file: path }: Config['network'], root: string): ReadCa | undefined {
  return path === undefined
    ? undefined
    : createCaFile({ path, root, uid: process.getuid?.() ?? 0 });
}

function fail(thrown: unknown): number {
  const failure = toFailure(thrown);
  const words = `${plainMessage(failure.message)}${adviceInForeground(failure)}`;
  process.stderr.write(`pikit-agent: ${withRoot(words, rootIn(process.argv))}\n`);
  return exitCodeOf(failure.code);
}

// A reader such as `head` that leaves early, or a log on a full disk, is no reason to leave an update half done.
const ended = mindOutputs('pikit-agent');
process.exitCode = await ended(await main(process.argv.slice(2)).catch(fail));

#!/usr/bin/node
/**
 * The command that a release of the tests brings: tries what it should not be able to do and writes down, as a line of
 * JSON, what came of it. `hang` never ends; `slow` takes eight seconds between its first line and its last.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const [kind, report] = process.argv.slice(2);

/** `yes`, or the code of the error. */
const attempt = (act) => {
  try {
    act();
    return 'yes';
  } catch (error) {
    return error.code ?? `exit ${error.status}`;
  }
};

/** The same for a socket that is to be opened. */
const open = (socket, event) =>
  new Promise((resolve) => {
    const end = (answer) => {
      socket.removeAllListeners();
      socket.on('error', () => {});
      resolve(answer);
    };
    socket.once(event, () => end('yes')).once('error', (error) => end(error.code));
  });

const writes = (directory) => attempt(() => writeFileSync(`${directory}/attempt`, 'x'));
/** Whose files and sockets lie behind the root directory of another process, of which some are confined less. */
const others = readdirSync('/proc').filter(
  (name) => /^\d+$/.test(name) && name !== `${process.pid}`,
);
const status = readFileSync('/proc/self/status', 'utf8');
const say = (entry) => appendFileSync(report, `${JSON.stringify({ kind, ...entry })}\n`);

process.stdout.write(`attempts: ${kind}\n`);
if (kind === 'hang') await sleep(600_000);
if (kind === 'slow') {
  say({ at: 'first' });
  await sleep(8000);
  say({ at: 'last' });
} else {
  const internet = createServer();
  const namespaces = attempt(() => execFileSync('/usr/bin/unshare', ['--user', '/bin/true']));
  say({
    user: userInfo().username,
    version: process.env.PIKIT_VERSION,
    variables: Object.keys(process.env).toSorted(),
    directory: process.cwd(),
    writes: Object.fromEntries(
      ['/etc', '/usr/local/bin', '/var/lib/pikit', '/srv/other', process.cwd()].map((directory) => [
        directory === process.cwd() ? 'release' : directory,
        writes(directory),
      ]),
    ),
    home: attempt(() => readFileSync('/home/.secret')),
    settings: attempt(() => readFileSync('/etc/pikit/updater.toml')),
    // Root's by its set-uid bit.
    becomesRoot: attempt(() => execFileSync('/usr/local/bin/root-only', ['/srv/root-only'])),
    capabilities: /^CapEff:\s*0*([0-9a-f]+)$/m.exec(status)?.[1],
    namespaces,
    internet: await open(internet.listen(0, '127.0.0.1'), 'listening'),
    systemd: await open(connect('/run/systemd/private'), 'connect'),
    elsewhere: others.some((pid) => attempt(() => readdirSync(`/proc/${pid}/root/etc`)) === 'yes'),
    signals: attempt(() => process.kill(1, 0)),
  });
  process.exit(0);
}

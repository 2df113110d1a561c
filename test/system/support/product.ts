/** What both ways of installing the product are tried with: the product itself, a dashboard behind nginx, and a look around. */
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { copyCheckout } from '../../support/checkout-copy.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { Debian } from './debian-root.ts';
import type { Machine } from './machine.ts';
import { publish, put } from './updater-device.ts';

/** With Debian's own Node, D-Bus and web server. */
export const DEVICE: Debian = {
  suite: 'trixie',
  packages: ['dbus', 'nodejs', 'ca-certificates', 'nginx-light'],
};

export const PAGE = '/var/www/pikit-web';
const SITE = '/etc/nginx/sites-enabled/default';
export const CONFIG = '/etc/pikit/updater.toml';

/** Runs `npm run SCRIPT` in a checkout of its own, because this one is in use, and puts what it makes into `out`. */
export async function make(script: 'deb' | 'release', out: string): Promise<unknown> {
  // Where most checkouts lie, too: then packages need not be copied.
  const dir = await makeTempDir('/var/tmp');
  try {
    const checkout = join(dir.path, 'checkout');
    await copyCheckout(checkout);
    const npm = ['--prefix', checkout, 'run', '-s', script, '--', '--json', '--out', out];
    const { stdout } = await promisify(execFile)('npm', npm, { cwd: dir.path });
    return JSON.parse(stdout);
  } finally {
    await dir.remove();
  }
}

/** A page of the owner's, as it was before there was an updater. */
export async function layDashboard(machine: Machine): Promise<void> {
  await put(machine, `${PAGE}/index.html`, 'the first page');
  const site = `server { listen 80 default_server; root ${PAGE}; }\n`;
  // What stands there is a link, which leads elsewhere seen from here.
  await rm(join(machine.root, SITE));
  await put(machine, SITE, site);
}

/** The owner's settings: the dashboard above, with releases from a directory. */
export const EDITED = `# edited by the owner
[[source]]
kind = "dir"
path = "/media/releases"
[[target]]
from = "pikit-web/"
to = "${PAGE}"
kind = "directory"
[[service]]
unit = "nginx.service"
action = "reload"
[[probe]]
url = "http://127.0.0.1/"
`;

interface Seen {
  readonly current: string | null;
  readonly transaction: { readonly phase: string } | null;
}

export async function status(machine: Machine): Promise<Seen> {
  return JSON.parse(await machine.must('pikit-rpc', '--json', 'update.status')) as Seen;
}

/** Over the operator's socket, which wakes the agent. */
export async function beginDashboard(machine: Machine, version: string): Promise<void> {
  const files = { 'pikit-web/index.html': `page ${version}` };
  const { manifestSha256 } = await publish(machine, { version, files, postInstall: [] });
  const wanted = JSON.stringify({ version, manifestSha256 });
  await machine.must('pikit-rpc', '--json', 'update.apply', wanted);
}

export async function updateDashboard(machine: Machine, version: string): Promise<void> {
  await beginDashboard(machine, version);
  // To its very end: what comes next may stop the agent.
  await waitFor(`the update to ${version}`, async () => {
    const { current, transaction } = await status(machine);
    return current === version && transaction === null;
  });
}

/** What a visitor gets. */
export const page = async (machine: Machine, url = 'http://127.0.0.1/'): Promise<string> =>
  machine.must('node', '-e', `fetch('${url}').then((a) => a.text()).then(console.log)`);

/** Everything of a running installation that does not depend on how it got there. */
export async function expectRunning(machine: Machine): Promise<void> {
  const states = await machine.run('systemctl', 'is-active', ...UNITS.map(([unit]) => unit));
  const enabled = await machine.run('systemctl', 'is-enabled', ...UNITS.map(([unit]) => unit));
  expect({ active: lines(states.stdout), enabled: lines(enabled.stdout) }).toEqual({
    active: UNITS.map(([, active]) => active),
    enabled: UNITS.map(([, , isEnabled]) => isEnabled),
  });
  const sockets = ['agent.sock', 'api.sock', ''].map((name) => `/run/pikit/${name}`);
  const modes = await machine.must('stat', '-c', '%a %U:%G', ...sockets);
  expect(lines(modes)).toEqual(['600 root:root', '660 root:pikit', '755 root:root']);
  const owners = await machine.must('stat', '-c', '%a %U', '/var/lib/pikit-api', '/etc/pikit/keys');
  expect(lines(owners)).toEqual(['700 pikit', '755 root']);
  expect(await machine.must('getent', 'passwd', 'pikit')).toMatch(/\/nologin$/);
  await waitFor('the api', async () => (await page(machine, API)).includes('"version"'));
  expect(await machine.must('systemctl', '--failed', '--no-legend')).toBe('');
}

const API = 'http://127.0.0.1:8421/api/health';

/** Unit, whether it runs, whether it starts at boot. */
const UNITS = [
  ['pikit-agent.socket', 'active', 'enabled'],
  ['pikit-agent-api.socket', 'active', 'enabled'],
  ['pikit-update.timer', 'active', 'enabled'],
  ['pikit-api.service', 'active', 'enabled'],
  ['pikit-recover.service', 'inactive', 'enabled'],
  ['pikit-update.service', 'inactive', 'static'],
] as const;

const lines = (text: string): readonly string[] => text.trim().split('\n');

const NAMING = '/etc/nginx/sites-enabled/naming';
const SNIPPET = '/etc/nginx/snippets/pikit.conf';

/** As the owner's site does. */
export async function nameSnippet(machine: Machine): Promise<void> {
  await put(machine, NAMING, 'server { listen 8090; include snippets/pikit.conf; }\n');
}

/** Of the product nothing is there any more, and the site was forgotten. Then it is put in order. */
export async function expectForgottenSnippetToDoNoHarm(machine: Machine): Promise<void> {
  await machine.must('systemctl', 'restart', 'nginx');
  expect(see(machine, SNIPPET)).toContain(NAMING);
  await machine.must('rm', NAMING, SNIPPET);
  await machine.must('systemctl', 'restart', 'nginx');
}

/** Not the installed product's: what systemd, apt and the web server write by themselves, and a directory of Debian's own. */
const RESTLESS =
  /^\/(?:run|proc|sys|dev|tmp|media|root)\/|^\/var\/(?:log|cache|lib\/(?:dpkg|apt|systemd|nginx|private|dbus)|tmp\/systemd-private)|^\/etc\/(?:sysusers\.d$|\.pwd\.lock|(?:passwd|group|shadow|gshadow|subuid|subgid)-?$)/;

/** Every name on the machine that only an installation should change. */
export function look(machine: Machine): readonly string[] {
  const args = [machine.root, '-xdev', '-printf', '/%P\\n'];
  const found = execFileSync('find', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return found
    .split('\n')
    .filter((path) => !RESTLESS.test(path))
    .toSorted();
}

export const see = (machine: Machine, path: string): string =>
  readFileSync(join(machine.root, path), 'utf8');

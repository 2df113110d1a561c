/**
 * A machine on which all of the product is installed as deploy/README.md says, nginx and a dashboard included, with a signed-in
 * browser without a screen in front of it. What stands in the dashboard can be judged while nothing of the machine runs.
 */
import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import type { TransactionResult } from '@pikit/protocol';
import { createApiClient, type ApiClient } from '../../support/api-client.ts';
import { repositoryRoot } from '../../support/repository-root.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { Debian } from './debian-root.ts';
import { openFront } from './front.ts';
import { createMachine, type Machine } from './machine.ts';
import { layAgent, layUnits, put, type publish } from './updater-device.ts';

export const TRIXIE: Debian = { suite: 'trixie', packages: ['dbus', 'nginx-light', 'curl'] };
export const BOOKWORM: Debian = { suite: 'bookworm', packages: ['dbus', 'nginx-light', 'curl'] };

export const PASSWORD = 'correct horse battery';
const FRONT = '/srv/front.sock';
export const WEB = '/var/www/pikit-web';
export const PAGE_URL = 'http://127.0.0.1/';
const PROGRAM = '/usr/local/bin/dash-api';
const PARTS = 40;
const PATIENCE = { timeoutMs: 300_000, everyMs: 100 };

/** The versions that the two targets name. */
export interface Shown {
  readonly web: string;
  readonly program: string;
}

type Published = Awaited<ReturnType<typeof publish>>;

export interface WholeDevice {
  readonly machine: Machine;
  readonly url: string;
  readonly client: ApiClient;
  /** Boots and waits until nginx and the api answer. */
  readonly boot: () => Promise<void>;
  /** Begins the update to a release that was published, and returns its version. */
  readonly begin: (release: Published) => Promise<string>;
  /** How the update to this version has ended, as soon as it has. */
  readonly ended: (version: string) => Promise<TransactionResult>;
  /** What stands in the dashboard. Rejects when the files of its page are a mixture, or not all there. */
  readonly shown: () => Promise<Shown>;
  readonly remove: () => Promise<void>;
}

/** Web files, a program of a service, and a release's worth of bytes. */
export const filesOf = (version: string, { program = version } = {}) => ({
  'pikit-web/index.html': page(version),
  [`pikit-web/assets/app-${version}.js`]: `// ${version}\n`,
  ...Object.fromEntries(
    Array.from({ length: PARTS }, (_, index) => [
      `pikit-web/part-${String(index)}.txt`,
      `${version}\n${'x'.repeat(2000)}`,
    ]),
  ),
  'bin/dash-api': { content: `#!/bin/sh\n# ${program}\nexec sleep infinity\n`, mode: '755' },
});

const page = (version: string): string =>
  `<!doctype html><title>${version}</title><script src="/assets/app-${version}.js"></script>\n`;

/** Source and target of the web page come before. */
export const CONFIG = `[[target]]\nfrom = "bin/"\nto = "/usr/local/bin"\nkind = "merge"
[[target]]\nfrom = "updater/"\nto = "/usr/local/lib/pikit"\nkind = "directory"
[[service]]\nunit = "pikit-api.service"\nafter = ["updater/"]
[[service]]\nunit = "dash-api.service"\nafter = ["bin/"]
[[service]]\nunit = "nginx.service"\naction = "reload"\nafter = ["pikit-web/"]
[[probe]]\nurl = "${PAGE_URL}"\nassets = true
[limits]\nprobe_timeout_ms = 30000\nprobe_interval_ms = 200\n`;

const SITE = `server { listen 80 default_server; listen unix:${FRONT}; root ${WEB}; include snippets/pikit.conf; }\n`;
const DASHBOARD = `[Service]\nExecStart=${PROGRAM}\nRestart=always\n[Install]\nWantedBy=multi-user.target\n`;

/** Booted, with version 1.0.0 found and not managed yet, and the password chosen. */
export async function createWholeDevice(debian: Debian): Promise<WholeDevice> {
  const machine = await createMachine(debian);
  const { root } = machine;
  await layFiles(machine);
  const front = await openFront(join(root, FRONT));
  const client = createApiClient(front.url);
  const boot = async (): Promise<void> => {
    // nginx finds it in its way when it was not ended in order.
    await rm(join(root, FRONT), { force: true });
    await machine.boot();
  };
  const answers = async (): Promise<boolean> => (await client.get('/api/health')).status === 200;
  await boot();
  await layUnits(machine);
  await machine.must('sh', '-c', `echo '${PASSWORD}' | pikit-api set-password`);
  await machine.must('systemctl', 'enable', 'pikit-recover.service');
  await machine.must('systemctl', 'enable', '--now', 'nginx', 'dash-api.service', ...UNITS);
  await machine.must('systemctl', 'restart', 'nginx');
  await waitFor('the api', answers);
  await client.signIn(PASSWORD);
  return {
    machine,
    url: front.url,
    client,
    async boot() {
      await boot();
      await waitFor('the api', answers);
    },
    async begin({ version, manifestSha256 }) {
      const answer = await client.post('/api/update/apply', { version, manifestSha256 });
      expect(answer).toMatchObject({ status: 202 });
      return version;
    },
    ended: (version) =>
      waitFor(
        `the end of the update to ${version}`,
        async () => {
          const { last_result: last, transaction } = await client.status();
          return transaction === null && last?.to === version ? last : undefined;
        },
        PATIENCE,
      ),
    shown: () => shownBy(root),
    async remove() {
      front.close();
      await machine.remove();
    },
  };
}

const UNITS = [
  'pikit-agent.socket',
  'pikit-agent-api.socket',
  'pikit-agent.service',
  'pikit-api.service',
  'pikit-update.timer',
  'pikit-guard.timer',
];

async function layFiles(machine: Machine): Promise<void> {
  const { root } = machine;
  await layAgent(machine, CONFIG);
  await mkdir(join(root, 'usr/share/pikit'), { recursive: true });
  for (const path of ['agent/dist/pikit-rpc.mjs', 'api/dist/pikit-api.mjs']) {
    await copyFile(from(`packages/${path}`), join(root, 'usr/lib/pikit', path.split('/')[2] ?? ''));
  }
  for (const name of ['agent', 'rpc', 'api']) {
    await symlink('../lib/pikit/start', join(root, `usr/bin/pikit-${name}`));
  }
  await cp(from('packages/ui/dist'), join(root, 'usr/share/pikit/ui'), { recursive: true });
  await cp(from('deploy/nginx/rescue'), join(root, 'usr/share/pikit/rescue'), { recursive: true });
  await cp(from('deploy/config/api.toml'), join(root, 'etc/pikit/api.toml'));
  await cp(from('deploy/nginx/pikit.conf'), join(root, 'etc/nginx/snippets/pikit.conf'));
  await rm(join(root, 'etc/nginx/sites-enabled/default'), { force: true });
  await put(machine, '/etc/nginx/sites-enabled/dashboard', SITE);
  await put(machine, '/etc/systemd/system/dash-api.service', DASHBOARD);
  for (const [path, source] of Object.entries(filesOf('1.0.0'))) {
    const place = path.replace('pikit-web', WEB).replace('bin', '/usr/local/bin');
    if (typeof source === 'string') await put(machine, place, source);
    else await put(machine, place, source.content, 0o755);
  }
}

/** Of the checkout. */
const from = (path: string): string => join(repositoryRoot(), path);

/** Every file of the web page in its own words, read without the machine's help. */
const LOOK = `cd ${WEB} && sed -n 's,.*<title>\\(.*\\)</title>.*,\\1,p' index.html && head -qn1 part-*.txt
head -n1 assets/app-*.js | sed 's,// ,,'`;

async function shownBy(root: string): Promise<Shown> {
  const ask = async (script: string): Promise<readonly string[]> => {
    const { stdout } = await promisify(execFile)('chroot', [root, '/bin/sh', '-c', script]);
    return stdout.trim().split('\n');
  };
  const said = await ask(LOOK);
  const [web = ''] = said;
  if (said.length !== PARTS + 2 || new Set(said).size !== 1) {
    throw new Error(`a mixture: ${String(said.length)} lines, ${[...new Set(said)].join(', ')}`);
  }
  const [program = ''] = await ask(`sed -n 's,^# ,,p' ${PROGRAM}`);
  return { web, program };
}

/** Who updates: the plan's script, programs that one would use instead, and this agent in four ways. Nothing is run here. */
import { methods } from '@pikit/protocol';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { repositoryRoot } from '../support/repository-root.ts';
import { wakeAgent, type Wanted } from './awake.ts';
import { turnOf, type Command, type Turn } from './measure.ts';
import { run } from './programs.ts';
import { downloadPath, repositoryOf, VERSIONS, type Variant } from './publication.ts';
import type { Change } from './workload.ts';

export interface Scene {
  /** The directory that stands for `/` of the device. */
  readonly root: string;
  /** What the server has. */
  readonly site: string;
  readonly url: string;
  readonly rsyncUrl: string;
  /** Where the agent leaves profiles; undefined: it makes none. */
  readonly profile: string | undefined;
  /** For a systemd that is not there. */
  readonly systemd: string;
}

export interface Peer {
  readonly name: string;
  /** What it needs besides what every Debian has. */
  readonly programs: readonly string[];
  /** Peers that share one begin with the same disk. */
  readonly disk: string;
  /** Brings the first release to an empty device. */
  readonly install: (scene: Scene) => Promise<Command>;
  /** What is done before, and not measured, is done when it resolves. */
  readonly update: (scene: Scene, change: Change) => Promise<Turn>;
}

type Addresses = (scene: Scene, release: 'first' | Change) => readonly string[];

/** What is there already is what `none` fetches: these programs have nothing to tell them so. */
function script(name: string, programs: readonly string[], addresses: Addresses): Peer {
  const command = ({ root }: Scene, words: readonly string[]): Command => ({
    program: 'sh',
    args: [join(repositoryRoot(), `test/bench/peers/${name}.sh`), root, ...words],
  });
  return {
    name,
    programs,
    disk: name,
    install: async (scene) => command(scene, [...addresses(scene, 'first'), 'first']),
    update: async (scene, change) => {
      const words = addresses(scene, change === 'none' ? 'first' : change);
      return turnOf(command(scene, [...words, change]));
    },
  };
}

function pikit(name: string, variant: Variant): Peer {
  return {
    ...agentPeer(name),
    async update(scene, change) {
      const wanted = await offer(scene, change, variant);
      if (wanted !== undefined) return turnOf(agent(scene, applyCall(wanted)));
      // It has asked before, as every day, and nothing is new since.
      const check = agent(scene, ['--run', 'update.check']);
      await run(check.program, check.args, { env: { ...process.env, ...check.env } });
      return turnOf(check);
    },
  };
}

/** As the dashboard finds it when somebody presses the button. */
function awake(name: string): Peer {
  return {
    ...agentPeer(name),
    async update(scene, change) {
      const wanted = await offer(scene, change, 'pikit');
      return wakeAgent(agent(scene, []), scene.root, wanted);
    },
  };
}

function agentPeer(name: string): Omit<Peer, 'update'> {
  return {
    name,
    programs: [],
    disk: 'pikit',
    async install(scene) {
      const first = await publishedAt(scene, repositoryOf('first', 'pikit'), VERSIONS.first);
      return agent(scene, applyCall(first));
    },
  };
}

/** What the server has that is to be installed; undefined: nothing new. */
async function offer(scene: Scene, change: Change, variant: Variant): Promise<Wanted | undefined> {
  if (change !== 'none') return publishedAt(scene, repositoryOf(change, variant), VERSIONS.next);
  await configure(scene, repositoryOf('first', 'pikit'));
  return undefined;
}

/** The digest is that of the manifest which the owner has seen. */
async function publishedAt(scene: Scene, repository: string, version: string): Promise<Wanted> {
  await configure(scene, repository);
  const place = join(scene.site, downloadPath(repository, version), 'manifest.json');
  const manifestSha256 = createHash('sha256')
    .update(await readFile(place))
    .digest('hex');
  return v.parse(methods['update.apply'].params, { version, manifestSha256 });
}

const applyCall = (wanted: Wanted): readonly string[] => [
  '--run',
  'update.apply',
  JSON.stringify(wanted),
];

function agent({ root, systemd, profile }: Scene, options: readonly string[]): Command {
  const checkout = repositoryRoot();
  const program = join(checkout, 'packages/agent/dist/pikit-agent.mjs');
  const PATH = `${join(checkout, 'test/support/bin')}:${process.env['PATH'] ?? ''}`;
  const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  return {
    program: process.execPath,
    args: [...flags, program, '--root', root, ...options],
    env: { PATH, PIKIT_FAKE_SYSTEMD: systemd },
  };
}

async function configure({ root, url }: Scene, repository: string): Promise<void> {
  const lines = [
    '[source]',
    'kind = "gitea"',
    `url = "${url}"`,
    `repository = "${repository}"`,
    '[[target]]',
    'from = "pikit-web/"',
    'to = "/var/www/pikit-web"',
    'kind = "directory"',
    '',
  ];
  await mkdir(join(root, 'etc/pikit'), { recursive: true });
  await writeFile(join(root, 'etc/pikit/updater.toml'), lines.join('\n'));
}

/** What the others are measured against, and what is ours: in a process of its own, and as the dashboard finds it. */
export const NAIVE = 'naive';
export const OURS = 'pikit';
export const AWAKE = 'pikit-awake';

/** In the order in which they are shown. */
export const PEERS: readonly Peer[] = [
  script('naive', ['curl', 'rsync'], ({ url }, release) => {
    const version = release === 'first' ? VERSIONS.first : VERSIONS.next;
    return [`${url}/${downloadPath(repositoryOf(release, 'whole'), version)}`, version];
  }),
  script('ostree', ['ostree'], ({ url }, release) => [`${url}/ostree`, release]),
  script('casync', ['casync'], ({ url }, release) => [`${url}/casync`, release]),
  script('rsync', ['rsync'], ({ rsyncUrl }, release) => [`${rsyncUrl}/trees`, release]),
  pikit('pikit-whole', 'whole'),
  pikit('pikit-spans', 'spans'),
  pikit('pikit', 'pikit'),
  awake(AWAKE),
];

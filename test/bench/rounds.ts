/**
 * The run: everything is prepared, and then each peer makes each update in turn, round after round, so that whatever the machine
 * does meanwhile happens to all of them. What a peer made is looked at before it counts.
 */
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { existsSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDirectoryDisk, createLoopDisk, reasonAgainstLoop, type Disk } from './disk.ts';
import { measure } from './measure.ts';
import { createMixtureWatch, differingNames } from './mixture.ts';
import { NAIVE, OURS, type Peer, type Scene } from './peers.ts';
import { startServer, type BenchServer } from './server.ts';
import { fillSite, type Site } from './site.ts';
import { medianSample, type Sample } from './statistics.ts';
import type { Change, Workload } from './workload.ts';

export interface Row extends Sample {
  readonly peer: string;
  readonly workload: string;
  readonly change: Change;
}

export interface Plan {
  readonly workload: Workload;
  readonly changes: readonly Change[];
  readonly peers: readonly Peer[];
  readonly rounds: number;
  /** As in `Scene`. */
  readonly profile: string | undefined;
  /** After so many seconds nothing more is measured than what is needed once. */
  readonly seconds: number | undefined;
}

interface Bench {
  readonly disk: Disk;
  readonly site: Site;
  readonly server: BenchServer;
  readonly scene: Omit<Scene, 'root'>;
}

const MEMORY = '/dev/shm';

/** In memory where there is room, because a disk that others use too would be measured with them. */
function workPlace({ bytes }: Workload): string {
  if (process.env['TMPDIR'] !== undefined || !existsSync(MEMORY)) return tmpdir();
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize > bytes * 25 + 1e9 ? MEMORY : tmpdir();
}

/** Medians. Rejects when a peer fails, or makes another tree than it should; when stopped, after what is under way. */
export async function runRounds(
  plan: Plan,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const began = performance.now();
  const place = await mkdtemp(join(workPlace(plan.workload), 'pikit-bench-'));
  const closers: (() => Promise<void>)[] = [() => rm(place, { recursive: true, force: true })];
  try {
    const bench = await prepare(plan, place, closers, say);
    const samples = new Map<string, Sample[]>();
    for (const { round, change, peer } of turns(plan)) {
      signal.throwIfAborted();
      const elapsed = (performance.now() - began) / 1000;
      if ((round > 0 || !isNeeded(peer)) && elapsed > (plan.seconds ?? Infinity)) break;
      say(`${elapsed.toFixed(0)} s: ${plan.workload.name}, ${change}, ${peer.name}`);
      const key = `${peer.name} ${change}`;
      const sample = await measureOnce(bench, peer, change);
      samples.set(key, [...(samples.get(key) ?? []), sample]);
    }
    return plan.changes.flatMap((change) =>
      plan.peers.flatMap(({ name: peer }) => {
        const found = samples.get(`${peer} ${change}`);
        if (found === undefined) say(`For want of time not measured: ${peer}, ${change}.`);
        const workload = plan.workload.name;
        return found === undefined ? [] : [{ peer, workload, change, ...medianSample(found) }];
      }),
    );
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

/** Round after round, and in each another peer begins. In the first it is those without whom there is nothing to say. */
function* turns({ rounds, changes, peers }: Plan) {
  const first = [true, false].map((wanted) => peers.filter((peer) => isNeeded(peer) === wanted));
  for (const some of first) {
    for (const change of changes) for (const peer of some) yield { round: 0, change, peer };
  }
  for (let round = 1; round < rounds; round += 1) {
    const at = round % peers.length;
    const turned = [...peers.slice(at), ...peers.slice(0, at)];
    for (const change of changes) for (const peer of turned) yield { round, change, peer };
  }
}

const isNeeded = ({ name }: Peer): boolean => name === NAIVE || name === OURS;

async function prepare(
  { workload, changes, peers, profile }: Plan,
  place: string,
  closers: (() => Promise<void>)[],
  say: (text: string) => void,
): Promise<Bench> {
  const [siteDirectory, work, systemd] = ['site', 'work', 'systemd'].map((name) =>
    join(place, name),
  ) as [string, string, string];
  for (const directory of [siteDirectory, work, join(systemd, 'units')]) {
    await mkdir(directory, { recursive: true });
  }
  const server = await startServer(siteDirectory, work);
  closers.push(server.close);
  say(`${workload.name}: making and publishing releases`);
  const { url, rsyncUrl } = server;
  const names = peers.map(({ name }) => name);
  const site = await fillSite(
    { site: siteDirectory, work, url },
    { workload, changes, peers: names },
  );
  const reason = await reasonAgainstLoop(place);
  if (reason !== undefined) say(`What is written to the device is not measured: ${reason}.`);
  const disk = await (reason === undefined
    ? createLoopDisk(place, workload.diskMegabytes)
    : createDirectoryDisk(place));
  closers.push(disk.remove);
  const scene = { site: siteDirectory, url, rsyncUrl, systemd, profile };
  for (const peer of peers.filter((one, index) => firstOfDisk(peers, one) === index)) {
    const { root, written, close } = await disk.create();
    const command = await peer.install({ ...scene, root });
    await measure(command, () => undefined);
    await assertServed(root, site.names.first, peer.name);
    await written();
    await close();
    await disk.keep(peer.disk);
  }
  return { disk, site, server, scene };
}

function firstOfDisk(peers: readonly Peer[], { disk }: Peer): number {
  return peers.findIndex((peer) => peer.disk === disk);
}

async function measureOnce(
  { disk, site, server, scene }: Bench,
  peer: Peer,
  change: Change,
): Promise<Sample> {
  const { root, written, close } = await disk.open(peer.disk);
  try {
    const command = await peer.update({ ...scene, root }, change);
    const names = differingNames(site.names.first, site.names[change]);
    const watch = createMixtureWatch(join(root, LIVE), names, () => performance.now());
    const writtenBefore = await written();
    const before = await server.traffic();
    const cost = await measure(command, watch.look);
    const writtenAfter = await written();
    const after = await server.traffic();
    await assertServed(root, site.names[change], peer.name);
    return {
      ...cost,
      wireBytes: after.bytes - before.bytes,
      requests: after.requests - before.requests,
      deviceBytes:
        writtenBefore === null || writtenAfter === null ? null : writtenAfter - writtenBefore,
      mixedMs: watch.total(),
    };
  } finally {
    await close();
  }
}

const LIVE = 'var/www/pikit-web';

/** Names hold a digest of the content, and the index names the scripts, so that names are enough. */
async function assertServed(root: string, names: readonly string[], peer: string): Promise<void> {
  const assets = await readdir(join(root, LIVE, 'assets'));
  const found = [...assets.map((name) => `assets/${name}`), 'index.html'].toSorted();
  const page = await readFile(join(root, LIVE, 'index.html'), 'utf8');
  const linked = [...page.matchAll(/src="\/([^"]+)"/g)].map(([, path]) => path ?? '');
  const isRight =
    found.join('\n') === names.toSorted().join('\n') &&
    linked.every((path) => names.includes(path));
  if (!isRight) throw new Error(`${peer} does not serve the release that it was to install`);
}

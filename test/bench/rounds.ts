/**
 * The run: everything is prepared, and then each peer makes each update in turn, round after round, so that whatever the machine
 * does meanwhile happens to all of them. What a peer made is looked at before it counts.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createDirectoryDisk, createLoopDisk, reasonAgainstLoop, type Disk } from './disk.ts';
import { differenceOf, listTree, type Listing } from './listing.ts';
import { measure, type Turn } from './measure.ts';
import { createMixtureWatch, differingMarks } from './mixture.ts';
import { NAIVE, OURS, type Peer, type Scene } from './peers.ts';
import { placesFor } from './places.ts';
import { startServer, type BenchServer } from './server.ts';
import { fillSite, type Content, type Site } from './site.ts';
import { medianSample, type Sample } from './statistics.ts';
import type { Change, Workload } from './workload.ts';

export interface Row extends Sample {
  readonly peer: string;
  readonly workload: string;
  readonly change: Change;
}

export interface Plan {
  readonly workload: Workload;
  readonly content: Content;
  readonly changes: readonly Change[];
  readonly peers: readonly Peer[];
  readonly rounds: number;
  /** As in `Scene`. */
  readonly profile: string | undefined;
  /** After so many seconds nothing more is measured than what is needed once. */
  readonly seconds: number;
}

interface Bench {
  readonly disk: Disk;
  readonly site: Site;
  readonly server: BenchServer;
  readonly scene: Omit<Scene, 'root'>;
}

export interface Words {
  readonly say: (text: string) => void;
  /** Of what is not measured, and why not. */
  readonly miss: (what: string) => void;
}

/** Medians. Rejects when a peer fails, or makes another tree than it should; when stopped, after what is under way. */
export async function runRounds(
  plan: Plan,
  { say, miss }: Words,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const began = performance.now();
  const closers: Closers = [];
  try {
    const bench = await prepare(plan, closers, say);
    const samples = new Map<string, Sample[]>();
    for (const { round, change, peer } of turns(plan)) {
      signal.throwIfAborted();
      const elapsed = (performance.now() - began) / 1000;
      if ((round > 0 || !isNeeded(peer)) && elapsed > plan.seconds) break;
      say(`${elapsed.toFixed(0)} s: ${plan.workload.name}, ${change}, ${peer.name}`);
      const key = `${peer.name} ${change}`;
      const sample = await measureOnce(bench, peer, change);
      samples.set(key, [...(samples.get(key) ?? []), sample]);
    }
    return plan.changes.flatMap((change) =>
      plan.peers.flatMap(({ name: peer }) => {
        const found = samples.get(`${peer} ${change}`);
        const workload = plan.workload.name;
        if (found === undefined) miss(`${peer} in ${workload}, ${change}: for want of time`);
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

type Closers = (() => Promise<void>)[];

async function makePlace(within: string, closers: Closers): Promise<string> {
  const place = await mkdtemp(join(within, 'pikit-bench-'));
  closers.push(() => rm(place, { recursive: true, force: true }));
  return place;
}

async function prepare(
  { workload, content, changes, peers, profile }: Plan,
  closers: Closers,
  say: (text: string) => void,
): Promise<Bench> {
  const places = placesFor(workload);
  const place = await makePlace(places.disk, closers);
  const served = await makePlace(places.site, closers);
  const [siteDirectory, work, systemd] = ['site', 'work', 'systemd'].map((name) =>
    join(served, name),
  ) as [string, string, string];
  for (const directory of [siteDirectory, work, join(systemd, 'units')]) {
    await mkdir(directory, { recursive: true });
  }
  // As on every device: without it the agent would ask what is wrong with it.
  await writeFile(join(systemd, 'units', 'pikit-guard.timer'), 'inactive');
  const link = 'link' in workload ? workload.link : undefined;
  const server = await startServer(siteDirectory, work, link);
  closers.push(server.close);
  say(`${workload.name}: making and publishing releases`);
  const { url, rsyncUrl } = server;
  const names = peers.map(({ name }) => name);
  const site = await fillSite(
    { site: siteDirectory, work, url },
    { content, changes, peers: names },
  );
  const reason = await reasonAgainstLoop(place);
  if (reason !== undefined) say(`What is written to the device is not measured: ${reason}.`);
  const disk = await (reason === undefined
    ? createLoopDisk(place, workload.diskMegabytes, workload.card)
    : createDirectoryDisk(place));
  closers.push(disk.remove);
  const scene = { site: siteDirectory, url, rsyncUrl, systemd, profile };
  for (const peer of peers.filter((one, index) => firstOfDisk(peers, one) === index)) {
    const { root, written, close } = await disk.create();
    const command = await peer.install({ ...scene, root });
    await measure(command, () => undefined);
    assertServed(root, site.trees.first, peer.name);
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
  let turn: Turn | undefined;
  try {
    turn = await peer.update({ ...scene, root }, change);
    const marks = differingMarks(site.trees.first, site.trees[change]);
    const watch = createMixtureWatch(join(root, LIVE), marks, () => performance.now());
    const writtenBefore = await written();
    const before = await server.traffic();
    const cost = await turn.run(watch.look);
    const writtenAfter = await written();
    const after = await server.traffic();
    assertServed(root, site.trees[change], peer.name);
    return {
      ...cost,
      wireBytes: after.bytes - before.bytes,
      requests: after.requests - before.requests,
      deviceBytes:
        writtenBefore === null || writtenAfter === null ? null : writtenAfter - writtenBefore,
      mixedMs: watch.total(),
    };
  } finally {
    await turn?.end();
    await close();
  }
}

const LIVE = 'var/www/pikit-web';

/** All of it is read, after the measurement. */
function assertServed(root: string, tree: Listing, peer: string): void {
  const difference = differenceOf(listTree(join(root, LIVE)), tree);
  if (difference === undefined) return;
  throw new Error(`${peer} does not serve the release that it was to install: ${difference}`);
}

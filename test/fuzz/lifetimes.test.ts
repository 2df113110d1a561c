/**
 * A device lives through whatever its owner, its releases and its power do to it, one after the other: installing, fetching for later,
 * rolling back, damage and repair, each of them cancelled, killed or cut off at any call. After each event it runs one whole release, the
 * one that it must, leads back to the one before, and has left nothing about.
 */
import { UpdateError, type Outcome, type Status } from '@pikit/protocol';
import { beforeAll } from 'vitest';
import { BACKUPS, GUARD_FILES, newPath } from '../../packages/agent/src/core/layout.ts';
import { refOfLink } from '../../packages/agent/src/steps/trees.ts';
import { TARGETS, WEB } from '../../packages/agent/test/support/workbench.ts';
import {
  buildReleases,
  layMemoryDevice,
  liveOn,
  type Life,
  type Published,
} from '../crash/memory-bench.ts';
import { OLD } from '../crash/sides.ts';
import { judge, type Side } from '../crash/verdict.ts';
import type { MemoryDisk } from '../support/memory-disk/memory-disk.ts';
import {
  consequence,
  editOf,
  hasDrift,
  isNewer,
  livesWith,
  type Belief,
  type Event,
} from './device-belief.ts';
import { disturb } from './disturbance.ts';
import { property, SEED } from './fuzz.ts';
import { CONFIG_FILE, CONFIG_TARGET, drawReleases, FOREIGN_FILES } from './many-releases.ts';
import { deedOf, lost } from './strangers-hands.ts';

const { recipes, sides } = drawReleases(SEED, 8);
const versions = recipes.map(({ version }) => version);
/** They do not answer their probes. */
const BAD = versions.filter((_, index) => index % 4 === 2);
const BROKEN: Outcome = 'broken';
const FIRST = OLD.version ?? '';
/** Made by systemd-tmpfiles before the agent starts, and without which its unit does not (`deploy/tmpfiles.d/pikit.conf`). */
const AT_BOOT = ['/var/lib/pikit', '/var/lib/pikit-update', '/var/backups/pikit'];

let published: Published;
beforeAll(async () => {
  published = await buildReleases(recipes);
});

interface Device {
  readonly memory: MemoryDisk;
  readonly belief: Belief;
}

const lifeOn = (memory: MemoryDisk): Life =>
  liveOn(memory, published, {
    refused: BAD,
    retryDelaysMs: [1, 2, 4],
    policy: { targets: [...TARGETS, CONFIG_TARGET] },
  });

/** Undefined where nothing more can be asked of it. */
async function liveThrough(device: Device, event: Event): Promise<Device | undefined> {
  const { memory } = device;
  const asks = event.kind === 'install' || event.kind === 'fetch';
  const isNews = asks && isNewer(event.version, device.belief.newest);
  const belief = isNews ? { ...device.belief, newest: event.version } : device.belief;
  const due = consequence(belief, event, { first: FIRST, bad: BAD });
  if (due === undefined) return device;
  if (event.kind === 'damage' || event.kind === 'edit') {
    if (event.kind === 'damage') await deedOf(event.chance).does(memory);
    else await memory.disk.write(CONFIG_FILE, editOf(event), 0o644);
    return { memory, belief: due.beliefs[0] ?? belief };
  }
  const { outcome, left } = await carryOut(memory, event, belief.newest);
  const story = `${JSON.stringify(event)}: ${outcome}`;
  // A disk that goes on refusing on the way back is told as what it is.
  if (isLasting(event) && outcome.includes(BROKEN)) return undefined;
  if (event.end === 'none' && outcome !== due.outcome) {
    throw new Error(`${story} and not ${due.outcome}`);
  }
  // Undone by itself what stood in the way of it is aside.
  const cut = [belief, { ...belief, stands: {} }, ...due.beliefs];
  const possible = event.end === 'none' ? due.beliefs : cut;
  return { memory: left, belief: await look(left, possible, story) };
}

const isLasting = ({ end }: Event): boolean => end === 'spell' || end === 'full';

/** `left`: the device after it, and after the recovery when it was disturbed. */
async function carryOut(
  memory: MemoryDisk,
  event: Event,
  newest: string,
): Promise<{ readonly outcome: string; readonly left: MemoryDisk }> {
  const life = lifeOn(memory);
  await life.agent.updater.recover();
  if (event.end === 'services') life.services.broken.add(WEB);
  let outcome = '';
  const work = async () => {
    outcome = await ask(life, event, newest);
  };
  let left = await disturb(memory, event, { work, cancel: () => cancel(life) });
  if (event.end === 'none' || event.end === 'cancel') return { outcome, left };
  if (event.again > 0) {
    const next = lifeOn(left);
    left = await disturb(
      left,
      { ...event, at: event.again },
      { work: () => recover(next), cancel: () => cancel(next) },
    );
  }
  const last = lifeOn(left);
  await last.agent.updater.recover();
  const recovered = (await last.agent.updater.settled())?.outcome ?? 'nothing';
  return { outcome: `${outcome}, recovered: ${recovered}`, left };
}

/** Where the disk refuses it may be put off. */
async function recover({ agent: { updater } }: Life): Promise<void> {
  try {
    await updater.recover();
  } catch (error) {
    if (!(error instanceof UpdateError)) throw error;
  }
}

/** Whatever runs, where it can be. */
async function cancel({ agent: { board, updater } }: Life): Promise<void> {
  try {
    const { transaction } = await board.snapshot();
    if (transaction !== null) await updater.cancel(transaction.id);
  } catch (error) {
    if (!(error instanceof UpdateError)) throw error;
  }
}

async function ask(life: Life, { kind, version, keep }: Event, newest: string): Promise<string> {
  const { updater } = life.agent;
  const wanted = life.wanted(version);
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    install: () => (isNewer(newest, version) ? updater.downgrade : updater.apply)(wanted, 'admin'),
    fetch: () => updater.apply({ ...wanted, stageOnly: true }, 'admin'),
    'roll-back': () => updater.rollback('admin'),
    repair: () => updater.repair('admin'),
  };
  try {
    if (kind === 'keep') {
      await updater.setAuto({ keep });
      return 'kept';
    }
    await calls[kind]?.();
    return (await updater.settled())?.outcome ?? 'nothing';
  } catch (error) {
    if (error instanceof UpdateError) return error.code;
    throw error;
  }
}

/** Which of those it is; throws when it is none, or with what else is wrong. */
async function look(
  memory: MemoryDisk,
  possible: readonly Belief[],
  story: string,
): Promise<Belief> {
  // As the guard does when it finds no journal.
  if (story.includes(BROKEN)) await memory.disk.remove(GUARD_FILES.armed);
  const { side, complaints: all } = await judge(memory.disk, possible.map(sideOf));
  // What a release has for an edited file lies there until the owner has seen it.
  const own = possible.at(0)?.own ?? [];
  const kept = own.map(({ at }) => `left over: ${at}.pikit-kept-`);
  const complaints = all.filter(
    (complaint) =>
      !complaint.endsWith(newPath(CONFIG_FILE)) &&
      !kept.some((start) => complaint.startsWith(start)),
  );
  complaints.push(...(await lost(memory.disk, own)));
  const status = await lifeOn(memory).agent.updater.verify();
  const found = {
    runs: status.current,
    backs: await backsOn(memory.disk),
    back: status.previous,
    keep: status.settings.keep ?? 1,
    isDamaged: isDamaged(status),
  };
  const belief = possible.find(
    (one) =>
      isShown(side, one) &&
      found.runs === one.runs &&
      found.back === (one.backs[0] ?? null) &&
      found.keep === one.keep &&
      found.backs.join() === one.backs.join() &&
      found.isDamaged === hasDrift(one),
  );
  if (belief !== undefined && complaints.length === 0) return belief;
  const texts = [...complaints, `is ${JSON.stringify(found)}, may be ${JSON.stringify(possible)}`];
  throw new Error(`${story}, and then: ${texts.join('; ')}`);
}

/** The versions, newest first. */
async function backsOn(disk: MemoryDisk['disk']): Promise<readonly string[]> {
  const links = (await disk.list(BACKUPS)).toReversed();
  const texts = await Promise.all(links.map((name) => disk.readLink(`${BACKUPS}/${name}`)));
  return texts.map((text) => refOfLink(text)?.version ?? String(text));
}

function sideOf({ runs, edit, stands }: Belief): Side {
  const side = sides.get(runs);
  if (side === undefined) throw new Error(`nobody has published ${runs}`);
  const edited = edit === undefined ? {} : { [CONFIG_FILE]: edit };
  return { ...side, shown: { ...side.shown, ...edited, ...stands } };
}

const isShown = (side: Side | undefined, belief: Belief): boolean =>
  JSON.stringify(side?.shown) === JSON.stringify(sideOf(belief).shown);

const isDamaged = ({ drift }: Status): boolean => drift !== null && drift.total > 0;

property('device: any life', livesWith(versions), async (events) => {
  const belief = {
    runs: FIRST,
    backs: [],
    keep: 1,
    isDamaged: false,
    mayBackBeDamaged: false,
    stands: {},
    own: [],
    edit: undefined,
    newest: FIRST,
  };
  const memory = await layMemoryDevice(published);
  for (const path of AT_BOOT) await memory.disk.makeDirectory(path);
  for (const [path, content, mode] of FOREIGN_FILES) await memory.disk.write(path, content, mode);
  let device: Device | undefined = { memory, belief };
  for (const event of events) device &&= await liveThrough(device, event);
});

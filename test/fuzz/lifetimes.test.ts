/**
 * A device lives through whatever its owner, its releases and its power do to it, one after the other: installing, fetching for later or
 * bringing in a file, checking, skipping, rolling back, damage and repair, other keys, targets and channels, a clock that jumps, each
 * cancelled, killed or cut off at any call, and so is each recovery. After each event it runs one whole release, the one that it must,
 * leads back to the one before, offers and believes what it must, and has left nothing about.
 */
import type { Status } from '@pikit/protocol';
import { beforeAll } from 'vitest';
import { BACKUPS, GUARD_FILES, newPath } from '../../packages/agent/src/core/layout.ts';
import { refOfLink } from '../../packages/agent/src/steps/trees.ts';
import { TARGETS } from '../../packages/agent/test/support/workbench.ts';
import { buildReleases, layMemoryDevice, liveOn, type Published } from '../crash/memory-bench.ts';
import { OLD } from '../crash/sides.ts';
import { judge, look as lookAt, type Side } from '../crash/verdict.ts';
import type { MemoryDisk } from '../support/memory-disk/memory-disk.ts';
import type { Belief } from './belief.ts';
import { configsOf, factsOf, isAsPlaced, sideOf, type Facts } from './borne-out.ts';
import { BROKEN, carryOut, isLasting, type DeviceLife } from './carry-out.ts';
import { consequence, editOf, isByRoot, meanwhileOf, undone } from './device-belief.ts';
import { isOfSource } from './disturbance.ts';
import { property, SEED } from './fuzz.ts';
import { livesWith, type Event } from './life-event.ts';
import {
  commandOf,
  CONFIG_FILE,
  CONFIG_TARGET,
  drawReleases,
  FOREIGN_FILES,
  UNIVERSE,
} from './many-releases.ts';
import { halfOffered, NO_OFFERS } from './offer-belief.ts';
import { isWithin, placedBy, standing, type ReleaseContents } from './placed.ts';
import {
  between,
  FIRST_KEYS,
  keysOf,
  layKeys,
  NOTHING_TOLD,
  signAll,
  toldTo,
} from './signed-releases.ts';
import { deedOf, lost, ownOf, put } from './strangers-hands.ts';
import { dropUpload, layUpload } from './uploads.ts';
import { tear } from './torn-records.ts';
import { ALL_ANSWERS, layMirror, mustRefuse, REFUSALS, twoSources } from './two-sources.ts';

const { recipes, contents } = drawReleases(SEED, 8);
const signed = signAll(recipes);
const versions = recipes.map(({ version }) => version);
/** The first does not answer its probes, the command of the other fails. */
const BAD = versions.filter((_, index) => index % 4 === 2);
const FIRST = OLD.version ?? '';
/** Made by systemd-tmpfiles before the agent starts, and without which its unit does not (`deploy/tmpfiles.d/pikit.conf`). */
const AT_BOOT = ['/var/lib/pikit', '/var/lib/pikit-update', '/var/backups/pikit'];

/** Ends of what has touched the targets. */
const SWITCHES = ['committed', 'rolled-back'];

/** Of an impostor nothing is ever placed. */
const contentsOf = (version: string): ReleaseContents => contents.get(version) ?? new Map();
const RELEASES = { ...signed, first: FIRST, bad: BAD, contentsOf };

const impostors = signed.impostors.map(({ recipe }) => recipe.version);

let published: Published;
/** As every life finds it. */
let laid: MemoryDisk;
beforeAll(async () => {
  published = await buildReleases([
    ...signed.right,
    ...signed.impostors.map(({ recipe }) => recipe),
  ]);
  laid = await layMemoryDevice(published);
  await layKeys(laid.disk, FIRST_KEYS);
  await layMirror(laid);
  for (const path of AT_BOOT) await laid.disk.makeDirectory(path);
  for (const [path, content, mode] of FOREIGN_FILES) await laid.disk.write(path, content, mode);
});

const CONFIGURED = [...TARGETS, CONFIG_TARGET];
const INITIAL: Belief = {
  runs: FIRST,
  backs: [],
  keep: 1,
  channel: 'stable',
  isDamaged: false,
  mayBackBeDamaged: false,
  targets: CONFIGURED,
  placed: placedBy(contentsOf(FIRST), CONFIGURED),
  aside: [],
  stands: {},
  mine: [],
  own: [],
  edit: undefined,
  ...NO_OFFERS,
  told: NOTHING_TOLD,
  keys: FIRST_KEYS,
};

interface Device {
  readonly memory: MemoryDisk;
  readonly belief: Belief;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const TODAY = Date.UTC(2026, 0, 2);

function lifeOn(memory: MemoryDisk, { targets }: Pick<Belief, 'targets'>, days = 0): DeviceLife {
  const answers = { ...ALL_ANSWERS };
  const [silent = '', broken = ''] = BAD;
  const life = liveOn(memory, published, {
    refused: [silent],
    retryDelaysMs: [1, 2, 4],
    policy: { targets },
    sources: twoSources(memory.disk, answers),
  });
  life.commands.broken.add(commandOf(broken));
  setClock(life, days);
  return { ...life, answers };
}

const setClock = ({ clock }: Pick<DeviceLife, 'clock'>, days: number): void =>
  clock.set(new Date(TODAY + days * DAY_MS).toISOString());

/** Undefined where nothing more can be asked of it. */
async function liveThrough(device: Device, event: Event): Promise<Device | undefined> {
  const { memory, belief } = device;
  const due = consequence(belief, event, RELEASES);
  if (due === undefined) return device;
  const byHand = BY_HAND[event.kind];
  if (byHand !== undefined) {
    await byHand(memory, event);
    return { memory, belief: due.beliefs[0] ?? belief };
  }
  const { end } = event;
  let { days } = event;
  const otherDay = () => (days = -days);
  // Undone by itself what stood in the way of it is aside.
  const isTried = SWITCHES.includes(due.outcome) && !isOfSource(end);
  const tried = isTried ? [undone(belief, event, RELEASES)] : [];
  const cut = isOfSource(end) ? [belief] : [belief, ...tried, ...due.beliefs];
  const isBarred =
    isOfSource(end) && isAsked(event) && (await mustRefuse(memory.disk, end, event.version));
  const meanwhile = meanwhileOf(belief, event, RELEASES);
  if (event.kind === 'import') await layUpload(memory, published, event.version);
  const { outcome, left } = await carryOut(memory, event, {
    isByRoot: isByRoot(belief, event),
    liveOn: (one) => lifeOn(one, belief, otherDay()),
    liveAfter: (one) => lifeOn(one, meanwhile, otherDay()),
    meanwhile: async (one) => {
      await layKeys(one.disk, meanwhile.keys);
      if (event.boots) await dropUpload(one);
    },
    judgeMended: async ({ disk }) => {
      const shown = await lookAt(disk, UNIVERSE);
      // Which of them are bad comes out later.
      const onTrial = consequence(belief, event, { ...RELEASES, bad: [] })?.beliefs ?? [];
      if (sidesOf([...cut, ...onTrial]).some((side) => isSame(side.shown, shown))) return;
      throw new Error(`${JSON.stringify(event)}, and at the start: ${JSON.stringify(shown)}`);
    },
    turnClock: (life) => setClock(life, otherDay()),
    sign: signed.sign,
  });
  const story = `${JSON.stringify(event)}: ${outcome}`;
  // A disk that goes on refusing on the way back is told as what it is.
  if (isLasting(event) && outcome.includes(BROKEN)) return undefined;
  const isDone = [...SWITCHES, 'staged'].includes(outcome);
  const isWhole =
    outcome === due.outcome && (isEasy(end) || (isOfSource(end) && !(isBarred && isDone)));
  const isRight = isWhole || (isOfSource(end) ? REFUSALS[end].includes(outcome) : !isEasy(end));
  if (!isRight) throw new Error(`${story} and not ${due.outcome}`);
  if (isWhole) return { memory: left, belief: await look(left, due.beliefs, story) };
  const after = due.beliefs[0]?.told ?? belief.told;
  const halfTold = between(belief.told, after).flatMap((told) =>
    cut.flatMap((one) => halfOffered(belief, { ...one, told, ...meanwhile }, event)),
  );
  return { memory: left, belief: await look(left, halfTold, story) };
}

/** Nothing that anybody asks for may come to another end by it. */
const isEasy = (end: Event['end']): boolean => ['none', 'clock', 'successor'].includes(end);

const isAsked = ({ kind }: Event): boolean => ['install', 'unattended', 'fetch'].includes(kind);

const BY_HAND: Readonly<
  Partial<Record<Event['kind'], (memory: MemoryDisk, event: Event) => Promise<void>>>
> = {
  damage: (memory, { chance }) => deedOf(chance).does(memory),
  tear: (memory, { chance }) => tear(memory, chance),
  edit: ({ disk }, event) => disk.write(CONFIG_FILE, editOf(event), 0o644),
  put: (memory, { chance }) => put(memory, ownOf(chance)),
  keys: ({ disk }, { chance }) => layKeys(disk, keysOf(chance)),
  // It lies with the belief.
  configure: async () => undefined,
};

/** Which of those it is; throws when it is none, or with what else is wrong. */
async function look(
  memory: MemoryDisk,
  possible: readonly Belief[],
  story: string,
): Promise<Belief> {
  // As the guard does when it finds no journal.
  if (story.includes(BROKEN)) await memory.disk.remove(GUARD_FILES.armed);
  const { side, complaints: all } = await judge(memory.disk, sidesOf(possible));
  // What a release has for an edited file lies there until the owner has seen it.
  const [{ own } = INITIAL] = possible;
  // The thing itself, or with everything in it what it lies in.
  const madeWay = [
    ...own.map(({ at, path }) => at + path),
    ...possible.flatMap(({ aside }) => aside),
  ];
  const isKept = (complaint: string) => {
    const kept = /^left over: (.*)\.pikit-kept-/.exec(complaint)?.[1];
    return kept !== undefined && madeWay.some((at) => isWithin(at, kept));
  };
  const complaints = all.filter(
    (complaint) => !complaint.endsWith(newPath(CONFIG_FILE)) && !isKept(complaint),
  );
  complaints.push(...(await lost(memory.disk, own)));
  const status = await lifeOn(memory, possible[0] ?? INITIAL).agent.updater.verify();
  const found: Facts = {
    runs: status.current,
    backs: await backsOn(memory.disk),
    back: status.previous,
    keep: status.settings.keep ?? 1,
    channel: status.channel,
    isDamaged: isDamaged(status),
    ready: status.ready?.version ?? null,
    offered: status.offered?.version ?? null,
    skipped: status.skipped,
    told: await toldTo(memory.disk),
  };
  const stands = await standing(
    memory.disk,
    possible.flatMap(({ runs, placed }) => [...placed, ...configsOf(runs, RELEASES)]),
  );
  const belief = possible.find(
    (one) =>
      isSame(side?.shown, sideOf(one, RELEASES).shown) &&
      isAsPlaced(one, stands, RELEASES) &&
      isSame(found, factsOf(one, RELEASES)),
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

const sidesOf = (possible: readonly Belief[]): readonly Side[] =>
  possible.map((one) => sideOf(one, RELEASES));

const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

const isDamaged = ({ drift }: Status): boolean => drift !== null && drift.total > 0;

property(
  'device: any life',
  livesWith([...versions, ...versions, ...BAD, ...impostors]),
  async (events) => {
    let device: Device | undefined = { memory: laid.fork(), belief: INITIAL };
    for (const event of events) device &&= await liveThrough(device, event);
  },
);

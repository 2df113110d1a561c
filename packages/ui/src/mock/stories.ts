/**
 * One story per state of chip and modal, for the gallery and its test. The statuses come from mock-update-status.json; the
 * clock stands still, so that every picture of a story is the same.
 */
import type { LogLine, Status, TransactionId, Version } from '@pikit/protocol';
import type { Situation } from '../model/situation.ts';
import { completeStatus } from '../model/complete-status.ts';
import statuses from './mock-update-status.json' with { type: 'json' };

/** The moment at which every story is looked at. */
export const STORY_NOW = Date.parse('2026-11-23T12:00:00.000Z');

type StatusName = keyof typeof statuses;

// A test passes each of them through the protocol's schema, which the page itself does without.
const documents = statuses as unknown as Readonly<Record<StatusName, Status>>;

const line = (at: string, message: string, level: LogLine['level'] = 'info'): LogLine => ({
  at: `2026-11-23T11:${at}.000Z`,
  level,
  message,
});

export const LOG: readonly LogLine[] = [
  line('57:02', 'update from 1.3.0 to 1.4.0, asked for by the dashboard'),
  line('57:02', 'preflight: 40 files, 2.8 MB to fetch, 5.1 GB free below /var/lib/pikit'),
  line('57:04', 'staging: 9 files are here already, 31 to fetch'),
  line('58:40', 'verifying: 40 of 40 files are as the manifest says'),
  line('58:41', 'activating: current is now 1.4.0-5d41c0de'),
  line('58:42', 'restarting: nginx.service is not on this device, skipped', 'warning'),
  line('58:43', 'restarting: dietpi-dashboard-frontend.service'),
  line('59:14', 'probing: http://127.0.0.1/ answers HTTP 502', 'error'),
  line('59:15', 'rolling-back: current is 1.3.0-a1b2c3d4 again'),
  line('59:20', 'rolled back: 1.3.0 answers'),
];

/** As the api makes them of the notes of 1.4.0, and of what lies between. */
export const NOTES: readonly { readonly version: string; readonly html: string }[] = [
  {
    version: '1.4.0',
    html: '<p>A calmer dashboard.</p><ul><li>The disk card shows how fast a disk fills up.</li><li>Temperatures can be shown in Fahrenheit.</li><li>Fixed: the page stayed blank after a night in a background tab.</li></ul>',
  },
  { version: '1.3.1', html: '<ul><li>The service list no longer jumps.</li></ul>' },
];

function situationOf(
  name: StatusName | undefined,
  change: Partial<Situation> = {},
  more: Partial<Status> = {},
): Situation {
  return {
    link: { kind: 'live', since: STORY_NOW - 60_000 },
    status: name === undefined ? undefined : { ...completeStatus(documents[name]), ...more },
    agent: 'reachable',
    awaySince: undefined,
    aheadMs: 0,
    peak: undefined,
    pace: undefined,
    pending: undefined,
    problem: undefined,
    log: undefined,
    ticked: undefined,
    isNew: false,
    ...change,
  };
}

const { offered } = documents.available;
const READY = offered && { ...offered, transaction: '20261123T115800Z-4f2a9c' as TransactionId };

const LONG = '1.4.0-beta.12+build.20261121.5d41c0de' as Version;
const SKIPPED_LONG: Partial<Status> = {
  offered: offered && { ...offered, version: LONG },
  latest: LONG,
  skipped: LONG,
};
const { transaction: staging } = documents.staging;
const UPDATING_LONG: Partial<Status> = {
  transaction: staging && { ...staging, to: LONG },
  previous: LONG,
};

const { offered: breaking } = documents['available-breaking'];
const TICKED = breaking ? { of: breaking.manifestSha256, duties: breaking.breaking } : undefined;

/** Half a minute of a download at 42 kB a second. */
const PACE = {
  of: '',
  marks: [0, 1, 2, 3, 4].map((second) => ({
    at: STORY_NOW - 5000 + second * 1000,
    bytes: 1_200_000 + second * 42_000,
  })),
};

/** As the agent judges it after an update that was undone, or left again. */
const HELD_BACK: Partial<Status> = { held_back: documents['held-back'].held_back };

const PAUSE: Partial<Status> = {
  check_error: {
    code: 'source-limited',
    details: { url: 'https://git.44r0n.cc', until: '2026-11-23T12:40:00.000Z' },
  },
};

const lost = (ms: number): Situation['link'] => ({ kind: 'reconnecting', since: STORY_NOW - ms });

const REFUSED: Situation['link'] = {
  kind: 'refused',
  since: STORY_NOW - 40_000,
  refusal: {
    code: 'config-invalid',
    details: { key: 'password_file', reason: 'cannot be read' },
  },
};

export const stories: Readonly<Record<string, Situation>> = {
  connecting: situationOf(undefined, { link: { kind: 'connecting', since: STORY_NOW } }),
  unreachable: situationOf(undefined, { link: lost(40_000) }),
  'no-updater': situationOf(undefined, { link: { ...lost(40_000), kind: 'elsewhere' } }),
  unusable: situationOf(undefined, { link: REFUSED }),
  'not-checked': situationOf('not-checked'),
  'up-to-date': situationOf('up-to-date'),
  checking: situationOf('checking'),
  available: situationOf('available'),
  'available-breaking': situationOf('available-breaking'),
  'breaking-ticked': situationOf('available-breaking', { ticked: TICKED }),
  skipped: situationOf('available', {}, { skipped: offered?.version ?? null }),
  preflight: situationOf('preflight'),
  staging: situationOf('staging', { pace: PACE }),
  downloaded: situationOf('available', {}, { ready: READY }),
  verifying: situationOf('verifying'),
  activating: situationOf('activating'),
  restarting: situationOf('restarting'),
  reconnecting: situationOf('restarting', { link: lost(14_000) }),
  probing: situationOf('probing'),
  undoing: situationOf('undoing'),
  'rolling-back': situationOf('rolling-back'),
  committed: situationOf('committed'),
  'rolled-back-by-owner': situationOf('rolled-back-by-owner', {}, HELD_BACK),
  failed: situationOf('failed'),
  'rolled-back': situationOf('rolled-back', {}, HELD_BACK),
  broken: situationOf('broken', {}, HELD_BACK),
  'broken-in-place': situationOf('broken-in-place', {}, HELD_BACK),
  cancelled: situationOf('cancelled'),
  offline: situationOf('offline'),
  'check-failed': situationOf('check-failed'),
  'check-paused': situationOf('up-to-date', {}, PAUSE),
  'skipped-long': situationOf('available', {}, SKIPPED_LONG),
  'updating-long': situationOf('staging', {}, UPDATING_LONG),
  audited: situationOf('audited'),
  auditing: situationOf('audited', { pending: 'verify' }),
  damaged: situationOf('damaged'),
  'damaged-one': situationOf('damaged-one'),
  'damaged-and-available': situationOf('damaged-and-available'),
  'repair-asked': situationOf('damaged', { pending: 'repair' }),
  repairing: situationOf('repairing'),
  repaired: situationOf('repaired'),
  edited: situationOf('edited'),
  'held-back': situationOf('held-back'),
  refused: situationOf('available', {
    problem: {
      command: 'apply',
      error: { code: 'busy', details: { what: 'update.apply', since: '2026-11-23T11:59:00.000Z' } },
    },
  }),
  log: situationOf(
    'rolled-back',
    { log: { transaction: '20261123T115800Z-4f2a9c', lines: LOG } },
    HELD_BACK,
  ),
  'connection-lost': situationOf('up-to-date', { link: lost(40_000) }),
  'connection-lost-long': situationOf('up-to-date', { link: lost(140_000) }),
  'reconnecting-long': situationOf('restarting', { link: lost(140_000) }),
  'agent-restarts': situationOf('restarting', { agent: 'away', awaySince: STORY_NOW - 9000 }),
  'agent-away-long': situationOf('restarting', { agent: 'away', awaySince: STORY_NOW - 140_000 }),
  'agent-away': situationOf('up-to-date', { agent: 'away' }),
  'agent-incompatible': situationOf('up-to-date', { agent: 'incompatible' }),
  'signed-out': situationOf(undefined, { link: { kind: 'signed-out', since: STORY_NOW } }),
  'set-up': situationOf(undefined, {
    link: { kind: 'signed-out', since: STORY_NOW },
    isNew: true,
  }),
  'signing-in': situationOf(undefined, {
    link: { kind: 'signed-out', since: STORY_NOW },
    pending: 'sign-in',
  }),
  'sign-in-refused': situationOf(undefined, {
    link: { kind: 'signed-out', since: STORY_NOW },
    problem: { command: 'sign-in', error: { code: 'unauthenticated', details: {} } },
  }),
};

/**
 * One story per state of the page, for the gallery and its test: what the device is and what it answers. Nothing in it
 * changes but by what a person does there.
 */
import type { Status, TransactionId, TransactionResult, Version } from '@pikit/protocol';
import type { StatusDetail } from '../element.ts';
import type { AllCommands, NewToken, Session, Token } from '../host/model/page-commands.ts';
import type { Answer } from '../model/call.ts';
import type { AgentStatus } from '../model/situation.ts';
import type { ProblemCode } from '../model/situation.ts';
import { LOG, stories, STORY_NOW } from './stories.ts';

export interface PageStory {
  readonly detail: StatusDetail;
  readonly commands: AllCommands;
}

const DAY = 86_400_000;

const says = <T>(value: T) =>
  Promise.resolve({ ok: true, value, headers: new Headers() } satisfies Answer<T>);
const refuses = (code: ProblemCode) =>
  Promise.resolve({ ok: false, error: { code, details: {} } } satisfies Answer<never>);
const never = () => new Promise<never>(() => undefined);

const version = (minor: number): Version => `1.${String(minor)}.0` as Version;

/** One a week, the newest first, with something of everything. */
function history(count: number): readonly TransactionResult[] {
  const kinds: readonly Partial<TransactionResult>[] = [
    { changed: { added: 3, changed: 28, removed: 1 } },
    { outcome: 'rolled-back', error: { code: 'probe-failed', details: {} } },
    { kind: 'rollback', bytesFetched: 0 },
    { outcome: 'staged', imported: true, bytesFetched: 0 },
    { kind: 'repair', bytesFetched: 18_204 },
    { outcome: 'cancelled', error: { code: 'cancelled', details: {} } },
    {
      outcome: 'failed',
      error: { code: 'no-space', details: { needed: 84_000_000 } },
      by: 'admin',
    },
  ];
  return Array.from({ length: count }, (_, index) => {
    const began = STORY_NOW - 60_000 - index * 7 * DAY;
    const minor = count - index;
    return {
      id: `20261123T115800Z-${(0xa00000 + index).toString(16)}` as TransactionId,
      kind: 'apply',
      by: 'dashboard',
      from: version(minor - 1),
      to: version(minor),
      outcome: 'committed',
      error: null,
      startedAt: new Date(began).toISOString(),
      endedAt: new Date(began + 41_000 + index * 9000).toISOString(),
      bytesFetched: 2_841_600 + index * 131_072,
      ...kinds[index % kinds.length],
    };
  });
}

const SESSIONS: readonly Session[] = [
  {
    id: 'a',
    createdAt: STORY_NOW - 3 * DAY,
    usedAt: STORY_NOW,
    address: '192.168.1.20',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0',
    current: true,
  },
  {
    id: 'b',
    createdAt: STORY_NOW - 20 * DAY,
    usedAt: STORY_NOW - DAY,
    address: 'fd12:3456:789a:1::42',
    userAgent:
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    current: false,
  },
];

const TOKENS: readonly Token[] = [
  {
    id: 'a',
    name: 'Home Assistant',
    scopes: ['read', 'update'],
    createdAt: STORY_NOW - 60 * DAY,
    usedAt: STORY_NOW - 1_200_000,
  },
  { id: 'b', name: 'Grafana', scopes: ['read'], createdAt: STORY_NOW - DAY, usedAt: null },
];

const NEW_TOKEN: NewToken = {
  id: 'c',
  name: 'Backup script',
  scopes: ['read'],
  createdAt: STORY_NOW,
  usedAt: null,
  token: 'pikit_Zm9yIHRoZSBnYWxsZXJ5LCBvZiBubyB1c2UgYW55d2hlcmU',
};

const GIVEN = '20261123T115900Z-4f2a9c' as TransactionId;

const SETTINGS = { autoCheck: true, checkAt: '04:20', channel: null, keep: null } as const;

const USUAL: AllCommands = {
  setSettings: () => says(SETTINGS),
  skip: () =>
    says({
      ...(stories['up-to-date']?.status as Status),
      agent: 'reachable',
    } satisfies AgentStatus),
  history: () => says({ entries: history(7) }),
  importFile: () => says({ transaction: GIVEN }),
  sessions: () => says({ sessions: SESSIONS }),
  endSession: () => says({}),
  endOtherSessions: () => says({}),
  tokens: () => says({ tokens: TOKENS }),
  createToken: () => says(NEW_TOKEN),
  revokeToken: () => says({}),
  changePassword: () => says({}),
  log: () => says({ transaction: null, lines: LOG }),
  cancel: () => says({}),
  session: () => says({ signedIn: true }),
  signIn: () => says({}),
};

function storyOf(
  name: string,
  commands: Partial<AllCommands> = {},
  more: Partial<Status> = {},
): PageStory {
  const known = stories[name]?.status;
  return {
    detail: {
      state: name === 'signed-out' ? 'signed-out' : 'up-to-date',
      label: '',
      percent: undefined,
      status: known && { ...known, settings: SETTINGS, ...more },
    },
    commands: { ...USUAL, ...commands },
  };
}

const given = (change: Partial<TransactionResult>): Partial<Status> => {
  const [first] = history(1);
  if (first === undefined) return {};
  const last_result = { ...first, id: GIVEN, ...change };
  const ready = { version: first.to, manifestSha256: 'a'.repeat(64) } as Status['ready'];
  return last_result.outcome === 'staged' ? { last_result, ready } : { last_result };
};

const unanswered = {
  history: never,
  sessions: never,
  tokens: never,
  importFile: never,
  setSettings: never,
} as const;

export const pageStories: Readonly<Record<string, PageStory>> = {
  usual: storyOf(
    'up-to-date',
    {},
    {
      skipped: version(4),
      settings: { autoCheck: true, checkAt: '03:30', channel: 'beta', keep: 2 },
      channel: 'beta',
    },
  ),
  new: storyOf('not-checked', {
    history: () => says({ entries: [] }),
    sessions: () => says({ sessions: SESSIONS.slice(0, 1) }),
    tokens: () => says({ tokens: [] }),
  }),
  'check-off': storyOf(
    'offline',
    {},
    {
      settings: { ...SETTINGS, autoCheck: false },
    },
  ),
  many: storyOf('up-to-date', { history: () => says({ entries: history(57) }) }),
  loading: storyOf('up-to-date', unanswered),
  failing: storyOf('up-to-date', {
    setSettings: () => refuses('agent-unreachable'),
    history: () => refuses('agent-unreachable'),
    sessions: () => refuses('no-connection'),
    tokens: () => refuses('internal'),
    log: () => refuses('no-such-transaction'),
    createToken: () => refuses('write-failed'),
    changePassword: () => refuses('rate-limited'),
    importFile: () => refuses('busy'),
  }),
  // As from a device that is newer than the page, and says what the page does not understand.
  crashing: storyOf('up-to-date', {
    history: () => says({ entries: [{}] as unknown as readonly TransactionResult[] }),
  }),
  sending: storyOf('up-to-date', {
    async importFile(file, { onSent, signal }) {
      onSent(file.size / 2);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return refuses('no-connection');
    },
  }),
  ready: storyOf('up-to-date', {}, given({ outcome: 'staged', imported: true })),
  refused: storyOf(
    'up-to-date',
    {},
    given({ outcome: 'failed', error: { code: 'hash-mismatch', details: { path: 'web/app.js' } } }),
  ),
  'signed-out': storyOf('signed-out'),
  'set-up': storyOf('signed-out', { session: () => says({ signedIn: false, setUp: true }) }),
};

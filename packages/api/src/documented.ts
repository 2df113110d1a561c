/**
 * What each route takes and answers, for the OpenAPI document: the protocol's own schemas, and few words. A route that is
 * missing here fails a test, and so does one that is no longer there.
 */
import {
  ErrorCodeSchema,
  LogLineSchema,
  methods,
  ReleaseSummarySchema,
  SettingsSchema,
  StatusSchema,
  TransactionResultSchema,
  VersionSchema,
} from '@pikit/protocol';
import * as v from 'valibot';
import { SCOPES } from './auth/tokens.ts';
import { TokenSchema } from './routes/accounts.ts';
import { ChangeSchema, SetUpSchema, SignInSchema } from './routes/session.ts';

interface Documented {
  readonly summary: string;
  readonly query?: Readonly<Record<string, v.GenericSchema>>;
  /** A schema of JSON, or the name of another type. */
  readonly body?: v.GenericSchema | 'application/x-tar';
  /** Whoever asks for it gets 200 and server-sent events instead. */
  readonly streams?: true;
  /** 200, unless something was made, or work goes on after the answer. */
  readonly status?: 201 | 202;
  /** A schema of JSON, or the name of another type. */
  readonly answer: v.GenericSchema | 'text/event-stream' | 'text/plain';
}

const ReachSchema = v.picklist(['reachable', 'away', 'incompatible']);
const StatusViewSchema = v.object({ ...StatusSchema.entries, agent: ReachSchema });
const SessionSchema = v.object({ signedIn: v.boolean() });
const RevokedSchema = v.object({ revoked: v.boolean() });

/** Times are milliseconds since 1970. */
const SessionViewSchema = v.object({
  id: v.string(),
  createdAt: v.number(),
  usedAt: v.number(),
  address: v.nullable(v.string()),
  userAgent: v.nullable(v.string()),
  current: v.boolean(),
});
const TokenViewSchema = v.object({
  id: v.string(),
  name: v.string(),
  scopes: v.array(v.picklist(SCOPES)),
  createdAt: v.number(),
  usedAt: v.nullable(v.number()),
});

/** Schemas with a name of their own in the document. */
export const NAMED = {
  ErrorCode: ErrorCodeSchema,
  LogLine: LogLineSchema,
  Problem: v.object({
    type: v.string(),
    title: v.string(),
    status: v.number(),
    code: ErrorCodeSchema,
    details: v.record(v.string(), v.union([v.string(), v.number()])),
    requestId: v.string(),
  }),
  Release: ReleaseSummarySchema,
  Settings: SettingsSchema,
  Status: StatusViewSchema,
  TransactionResult: TransactionResultSchema,
} as const;

const BEGUN = { status: 202, answer: methods['update.apply'].result } as const;

export const DOCUMENTED: Readonly<Record<string, Documented>> = {
  'GET /api/update/status': {
    summary: 'What runs, what is offered, what goes on. Costs the agent nothing.',
    answer: StatusViewSchema,
  },
  'GET /api/update/events': {
    summary:
      'The status as server-sent events: the whole of it first, then each change (`status`, `log`, `agent`).',
    answer: 'text/event-stream',
  },
  'GET /api/update/history': {
    summary: 'Transactions that have ended, newest first.',
    query: methods['update.history'].params.entries,
    answer: methods['update.history'].result,
  },
  'GET /api/update/log': {
    summary: 'The log of a transaction: without a name, of the running one or else the latest.',
    query: { transaction: methods['update.log'].params.entries.transaction.wrapped },
    answer: methods['update.log'].result,
  },
  'GET /api/update/notes': {
    summary:
      'Release notes as harmless HTML: of what is offered and of what lies between, newest first.',
    answer: v.object({
      releases: v.array(v.object({ version: VersionSchema, html: v.string() })),
    }),
  },
  'POST /api/update/check': {
    summary: 'Asks the source for releases. Installs nothing.',
    answer: StatusViewSchema,
  },
  'POST /api/update/apply': {
    summary:
      'Installs a release, or with `stageOnly` downloads it. Asked for `text/event-stream` it follows the transaction to its end.',
    body: methods['update.apply'].params,
    streams: true,
    ...BEGUN,
  },
  'GET /api/update/import': {
    summary:
      'Whether a release file of so many bytes would be taken now: what would be refused after it was sent is refused here.',
    query: { bytes: v.pipe(v.number(), v.integer(), v.minValue(0)) },
    answer: v.object({ taken: v.literal(true) }),
  },
  'POST /api/update/import': {
    summary:
      'Takes a release file (`pikit-release export`): it is verified like any other, must be signed, and lies ready to be installed.',
    body: 'application/x-tar',
    streams: true,
    ...BEGUN,
  },
  'POST /api/update/cancel': {
    summary:
      'Stops a transaction that has touched nothing that runs; of one that has ended, removes what it left.',
    body: methods['update.cancel'].params,
    answer: methods['update.cancel'].result,
  },
  'POST /api/update/rollback': { summary: 'Brings the release before back.', ...BEGUN },
  'POST /api/update/verify': {
    summary: 'Reads every installed file again; takes minutes.',
    answer: StatusViewSchema,
  },
  'POST /api/update/repair': { summary: 'Replaces damaged files.', ...BEGUN },
  'POST /api/update/auto': {
    summary: 'Changes the settings that are named, and answers with all of them.',
    body: methods['update.auto'].params,
    answer: SettingsSchema,
  },
  'POST /api/update/skip': {
    summary:
      'The version on offer is not to be announced any more, on no page, nor installed unattended; null takes that back.',
    body: methods['update.skip'].params,
    answer: StatusViewSchema,
  },
  'GET /api/session': {
    summary: 'Whether this browser is signed in, and whether a password is still to be set.',
    answer: v.object({ ...SessionSchema.entries, setUp: v.boolean() }),
  },
  'POST /api/session': {
    summary: 'Signs in; the answer sets the cookie.',
    body: SignInSchema,
    answer: SessionSchema,
  },
  'DELETE /api/session': { summary: 'Signs out.', answer: SessionSchema },
  'POST /api/session/setup': {
    summary: 'Sets the first password with the code from the journal, and signs in.',
    body: SetUpSchema,
    answer: SessionSchema,
  },
  'POST /api/session/password': {
    summary: 'Changes the password; all other sessions end.',
    body: ChangeSchema,
    answer: SessionSchema,
  },
  'GET /api/session/all': {
    summary: 'Where somebody is signed in, the latest used first.',
    answer: v.object({ sessions: v.array(SessionViewSchema) }),
  },
  'DELETE /api/session/all/:id': { summary: 'Ends one session.', answer: RevokedSchema },
  'DELETE /api/session/others': {
    summary: 'Ends all sessions but the one that asks.',
    answer: RevokedSchema,
  },
  'GET /api/session/tokens': {
    summary: 'The tokens of scripts, newest first, without their secrets.',
    answer: v.object({ tokens: v.array(TokenViewSchema) }),
  },
  'POST /api/session/tokens': {
    summary: 'Makes a token. This answer alone holds its secret.',
    body: TokenSchema,
    status: 201,
    answer: v.object({ ...TokenViewSchema.entries, token: v.string() }),
  },
  'DELETE /api/session/tokens/:id': { summary: 'Revokes a token.', answer: RevokedSchema },
  'GET /api/health': {
    summary: 'For probes: what answers here, and what it knows of the agent. Wakes nobody.',
    answer: v.object({
      version: v.string(),
      agent: ReachSchema,
      agentVersion: v.nullable(v.string()),
      current: StatusSchema.entries.current,
    }),
  },
  'GET /metrics': {
    summary: 'Versions, the last check and how transactions ended, for Prometheus. Wakes nobody.',
    answer: 'text/plain',
  },
  'GET /api/openapi.json': { summary: 'This document.', answer: v.looseObject({}) },
};

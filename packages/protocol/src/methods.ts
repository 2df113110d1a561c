/**
 * Every method that the agent answers, and every notification that it sends. No method takes a path, a URL, a command or
 * an environment: the root side is told what, never how. Types for both ends are derived from this table, and the same
 * schemas validate at run time.
 */
import * as v from 'valibot';
import { ErrorViewSchema } from './error-codes.ts';
import { Sha256Schema, VersionSchema } from './release.ts';
import { SettingsChangeSchema, SettingsSchema } from './settings.ts';
import { StatusSchema } from './status.ts';
import { LogLineSchema, TransactionIdSchema, TransactionResultSchema } from './transaction.ts';
import { HelloParamsSchema, HelloResultSchema } from './version.ts';

/** `dashboard` methods are offered on both sockets, `admin` methods on the root-only one. */
export type Surface = 'dashboard' | 'admin';

interface Method {
  readonly surface: Surface;
  readonly kind: 'read' | 'write';
  readonly params: v.GenericSchema;
  readonly result: v.GenericSchema;
}

const Nothing = v.strictObject({});
const Begun = v.object({ transaction: TransactionIdSchema });

export const methods = {
  'agent.hello': {
    surface: 'dashboard',
    kind: 'read',
    params: HelloParamsSchema,
    result: HelloResultSchema,
  },
  'update.status': { surface: 'dashboard', kind: 'read', params: Nothing, result: StatusSchema },
  /** Asks the source for releases; resolves with the snapshot after it. Runs at most as long as the source's timeouts. */
  'update.check': { surface: 'dashboard', kind: 'write', params: Nothing, result: StatusSchema },
  /**
   * Answers after the cheap refusals; the work goes on in the background. The digest is of what the owner reviewed. Whoever
   * calls without a person says `unattended`, and is refused with `held-back` what failed here before or is skipped. `stageOnly`
   * fetches and verifies the release and ends there: a later call without it installs what lies ready, by all rules anew.
   */
  'update.apply': {
    surface: 'dashboard',
    kind: 'write',
    params: v.strictObject({
      version: VersionSchema,
      manifestSha256: Sha256Schema,
      unattended: v.exactOptional(v.literal(true)),
      stageOnly: v.exactOptional(v.literal(true)),
    }),
    result: Begun,
  },
  /**
   * Takes the release in the file that the api has laid down, as if a source had it and `update.apply` was called with
   * `stageOnly`: it is verified and lies ready. It must be signed by a key that the device knows, even where no source needs one.
   */
  'update.import': { surface: 'dashboard', kind: 'write', params: Nothing, result: Begun },
  /**
   * Stops the transaction while it has touched nothing that runs. What it fetched is kept for the next try. Of one that has
   * ended this takes away what it left: a release that lies ready, or a part of one.
   */
  'update.cancel': {
    surface: 'dashboard',
    kind: 'write',
    params: v.strictObject({ transaction: TransactionIdSchema }),
    result: v.strictObject({}),
  },
  'update.rollback': { surface: 'dashboard', kind: 'write', params: Nothing, result: Begun },
  /** Reads every installed file; resolves with the snapshot after it, in which `drift` is what it found. Takes minutes. */
  'update.verify': { surface: 'dashboard', kind: 'write', params: Nothing, result: StatusSchema },
  /** Audits anew, and answers after the refusals; the work goes on in the background. */
  'update.repair': { surface: 'dashboard', kind: 'write', params: Nothing, result: Begun },
  /** Changes the settings that are named, and answers with all of them. */
  'update.auto': {
    surface: 'dashboard',
    kind: 'write',
    params: SettingsChangeSchema,
    result: SettingsSchema,
  },
  /**
   * The owner does not want to hear of this version, which must be the one that is offered; null takes that back. A person may
   * install it all the same, which ends the skip; whoever calls `update.apply` without one is refused with `held-back`.
   */
  'update.skip': {
    surface: 'dashboard',
    kind: 'write',
    params: v.strictObject({ version: v.nullable(VersionSchema) }),
    result: StatusSchema,
  },
  /** Newest first. */
  'update.history': {
    surface: 'dashboard',
    kind: 'read',
    params: v.strictObject({
      limit: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(200)),
    }),
    result: v.object({ entries: v.array(TransactionResultSchema) }),
  },
  /** The log of one transaction, oldest line first; null asks for the running or else the latest one. */
  'update.log': {
    surface: 'dashboard',
    kind: 'read',
    params: v.strictObject({ transaction: v.nullable(TransactionIdSchema) }),
    result: v.object({
      transaction: v.nullable(TransactionIdSchema),
      lines: v.array(LogLineSchema),
    }),
  },
  /**
   * Installs a release although it is older than what runs or was seen, or past its date: that is root's decision alone. It
   * must be vouched for as ever. From then on what is newer than it counts as newer.
   */
  'update.downgrade': {
    surface: 'admin',
    kind: 'write',
    params: v.strictObject({ version: VersionSchema, manifestSha256: Sha256Schema }),
    result: Begun,
  },
  /** Who holds the lock, whom this device trusts and what the process is; for the operator only. */
  'agent.inspect': {
    surface: 'admin',
    kind: 'read',
    params: Nothing,
    result: v.object({
      agent: v.string(),
      pid: v.number(),
      lock: v.nullable(v.object({ pid: v.number(), what: v.string(), since: v.string() })),
      /** `name`: of its file; null where a release introduced it. */
      keys: v.optional(
        v.array(v.object({ id: v.string(), name: v.nullable(v.string()), retired: v.boolean() })),
        [],
      ),
      trees: v.array(v.object({ name: v.string(), current: v.boolean(), files: v.number() })),
      /** In the order in which they are asked. `failure`: of the last time; null also for one that was not asked. */
      sources: v.optional(
        v.array(v.object({ name: v.string(), failure: v.nullable(ErrorViewSchema) })),
        [],
      ),
    }),
  },
} as const satisfies Record<string, Method>;

export type MethodName = keyof typeof methods;
export type Params<M extends MethodName> = v.InferOutput<(typeof methods)[M]['params']>;
export type Result<M extends MethodName> = v.InferOutput<(typeof methods)[M]['result']>;

/** The agent implements all of them or does not compile. */
export type Handlers<Caller> = {
  readonly [M in MethodName]: (params: Params<M>, caller: Caller) => Promise<Result<M>>;
};

export const notifications = {
  'status.changed': StatusSchema,
  'log.appended': v.object({ transaction: TransactionIdSchema, line: LogLineSchema }),
} as const satisfies Record<string, v.GenericSchema>;

export type NotificationName = keyof typeof notifications;
export type Notification<N extends NotificationName> = v.InferOutput<(typeof notifications)[N]>;

/** Own property only: `constructor` and `__proto__` are not methods. */
export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(methods, name);
}

/** The JSON-RPC error object's `data` for every error that the agent answers with. `logId` finds the line in its log. */
export const RpcErrorDataSchema = v.object({
  code: v.string(),
  details: v.record(v.string(), v.union([v.string(), v.number()])),
  logId: v.nullable(v.string()),
});

/** One JSON-RPC number for all of our errors, outside the range that JSON-RPC 2.0 §5.1 reserves. */
export const RPC_APPLICATION_ERROR = 1;

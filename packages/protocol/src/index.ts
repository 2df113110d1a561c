/** The package's only entry besides `./manifest`: what the agent, the api and the ui share. */
export {
  ERROR_CODES,
  ErrorCodeSchema,
  ErrorViewSchema,
  UpdateError,
  type ErrorCode,
  type ErrorDetails,
  type ErrorView,
} from './error-codes.ts';
export { createLineDecoder, encodeLine, MAX_LINE_BYTES, type LineDecoder } from './framing.ts';
export {
  isMethodName,
  methods,
  notifications,
  RPC_APPLICATION_ERROR,
  RpcErrorDataSchema,
  type Handlers,
  type MethodName,
  type Notification,
  type NotificationName,
  type Params,
  type Result,
  type Surface,
} from './methods.ts';
export {
  bundleName,
  channelOf,
  ChannelSchema,
  MANIFEST_NAME,
  PACKED_MANIFEST_NAME,
  ReleaseSummarySchema,
  Sha256Schema,
  SIGNATURE_NAME,
  VersionSchema,
  type Channel,
  type ReleaseSummary,
  type Sha256,
  type Version,
} from './release.ts';
export {
  DEFAULT_SETTINGS,
  SettingsSchema,
  type Settings,
  type SettingsChange,
} from './settings.ts';
export { DriftSchema, StatusSchema, type Drift, type HeldBack, type Status } from './status.ts';
export {
  LogLineSchema,
  OUTCOMES,
  OutcomeSchema,
  PHASES,
  PhaseSchema,
  ProgressSchema,
  RequesterSchema,
  TransactionIdSchema,
  TransactionKindSchema,
  TransactionResultSchema,
  TransactionViewSchema,
  ChangedFilesSchema,
  type ChangedFiles,
  type LogLine,
  type Outcome,
  type Phase,
  type Progress,
  type Requester,
  type TransactionId,
  type TransactionKind,
  type TransactionResult,
  type TransactionView,
} from './transaction.ts';
export { HelloResultSchema, isCompatible, PROTOCOL_VERSION, type Hello } from './version.ts';

/** What the page asks of the api beyond the element. What changes something is called on behalf of a person only. */
import type { Settings, SettingsChange, TransactionResult } from '@pikit/protocol';
import { answerOf, createCall, type Answer, type Api } from '../../model/call.ts';
import type { Begun, Commands } from '../../model/commands.ts';

export interface Sending {
  readonly onSent: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Posts a file, tells how many bytes of it have gone, and can be stopped, which `fetch` cannot all do. Answers like `fetch`. */
export type SendFile = (url: string, file: Blob, sending: Sending) => Promise<Response>;

/** Somebody who is signed in. Times in milliseconds since the epoch; what an earlier api did not keep is null. */
export interface Session {
  readonly id: string;
  readonly createdAt: number;
  readonly usedAt: number;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly current: boolean;
}

export type Scope = 'read' | 'update';

export interface Token {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: number;
  readonly usedAt: number | null;
}

export interface NewToken extends Token {
  /** Told this one time. */
  readonly token: string;
}

export interface PageCommands {
  readonly setSettings: (change: SettingsChange) => Promise<Answer<Settings>>;
  /** Newest first. */
  readonly history: () => Promise<Answer<{ readonly entries: readonly TransactionResult[] }>>;
  /** Brings a release file to the device, to be installed later. Asks first, so that a refusal does not cost the whole way. */
  readonly importFile: (file: Blob, sending: Sending) => Promise<Answer<Begun>>;
  /** The latest used first. */
  readonly sessions: () => Promise<Answer<{ readonly sessions: readonly Session[] }>>;
  readonly endSession: (id: string) => Promise<Answer<unknown>>;
  readonly endOtherSessions: () => Promise<Answer<unknown>>;
  /** Newest first. */
  readonly tokens: () => Promise<Answer<{ readonly tokens: readonly Token[] }>>;
  readonly createToken: (name: string, scopes: readonly Scope[]) => Promise<Answer<NewToken>>;
  readonly revokeToken: (id: string) => Promise<Answer<unknown>>;
  readonly changePassword: (current: string, password: string) => Promise<Answer<unknown>>;
}

/** All that the page can ask for. */
export type AllCommands = PageCommands &
  Pick<Commands, 'skip' | 'log' | 'cancel' | 'session' | 'signIn'>;

interface Needs extends Api {
  readonly send: SendFile;
}

export function createPageCommands({ send, ...api }: Needs): PageCommands {
  const call = createCall(api);
  return {
    setSettings: (change) => call('POST', '/update/auto', change),
    history: () => call('GET', '/update/history?limit=200'),
    async importFile(file, sending) {
      const asked = await call<unknown>('GET', `/update/import?bytes=${String(file.size)}`);
      // An api of an earlier release does not know the question.
      if (!asked.ok && asked.error.code !== 'invalid-request') return asked;
      return answerOf(async () => {
        sending.signal.throwIfAborted();
        return send(`${api.base}/update/import`, file, sending);
      });
    },
    sessions: () => call('GET', '/session/all'),
    endSession: (id) => call('DELETE', `/session/all/${encodeURIComponent(id)}`),
    endOtherSessions: () => call('DELETE', '/session/others'),
    tokens: () => call('GET', '/session/tokens'),
    createToken: (name, scopes) => call('POST', '/session/tokens', { name, scopes }),
    revokeToken: (id) => call('DELETE', `/session/tokens/${encodeURIComponent(id)}`),
    changePassword: (current, password) => call('POST', '/session/password', { current, password }),
  };
}

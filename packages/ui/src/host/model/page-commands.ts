/** What the page asks of the api beyond the element. What changes something is called on behalf of a person only. */
import type { Settings, SettingsChange, TransactionResult } from '@pikit/protocol';
import { answerOf, createCall, type Answer, type Api } from '../../model/call.ts';
import type { Begun } from '../../model/commands.ts';

export interface Sending {
  readonly onSent: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Posts a file, tells how many bytes of it have gone, and can be stopped, which `fetch` cannot all do. Answers like `fetch`. */
export type SendFile = (url: string, file: Blob, sending: Sending) => Promise<Response>;

export interface PageCommands {
  readonly setSettings: (change: SettingsChange) => Promise<Answer<Settings>>;
  /** Newest first. */
  readonly history: () => Promise<Answer<{ readonly entries: readonly TransactionResult[] }>>;
  /** Brings a release file to the device, to be installed later. */
  readonly importFile: (file: Blob, sending: Sending) => Promise<Answer<Begun>>;
}

export function createPageCommands({
  send,
  ...api
}: Api & { readonly send: SendFile }): PageCommands {
  const call = createCall(api);
  return {
    setSettings: (change) => call('POST', '/update/auto', change),
    history: () => call('GET', '/update/history?limit=200'),
    importFile: (file, sending) => answerOf(() => send(`${api.base}/update/import`, file, sending)),
  };
}

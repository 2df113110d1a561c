/** A release from a file: chosen or dropped, on its way, checked by the device, and then ready or refused. */
import type { JSX } from 'preact';
import { useEffect, useReducer, useRef, useState } from 'preact/hooks';
import { Icon } from '../components/icon.tsx';
import { Notice } from '../components/notice.tsx';
import type { Device } from './device.ts';
import { usePageLanguage } from './language.tsx';
import {
  importView,
  noteSent,
  noteStatus,
  type ImportState,
  type ImportView,
} from './model/import-view.ts';

interface Sender {
  readonly state: ImportState;
  readonly send: (file: File) => Promise<void>;
  readonly stop: () => void;
}

function useSender({ commands, now, refresh, status }: Device): Sender {
  const [kept, setState] = useState<ImportState>({ kind: 'none' });
  const state = noteStatus(kept, status);
  useEffect(() => setState(state), [state.kind]);
  const stopping = useRef(new AbortController());
  // Nobody would see the end of it.
  useEffect(() => () => stopping.current.abort(), []);
  const send = async (file: File): Promise<void> => {
    const { name, size: total } = file;
    const { signal } = (stopping.current = new AbortController());
    setState({ kind: 'sending', name, done: 0, total, pace: undefined });
    const onSent = (done: number): void => setState((before) => noteSent(before, done, now()));
    const answer = await commands.importFile(file, { onSent, signal });
    if (answer.ok) {
      await refresh();
      setState({ kind: 'given', name, transaction: answer.value.transaction });
    } else if (signal.aborted) setState({ kind: 'stopped' });
    else setState({ kind: 'refused', name, problem: answer.error });
  };
  return { state, send, stop: () => stopping.current.abort() };
}

function Work({ view, onCancel }: { view: ImportView; onCancel: () => void }): JSX.Element | null {
  const words = usePageLanguage().page.file;
  const { work, cancels } = view;
  if (work === undefined) return null;
  return (
    <div class="sending">
      <p id="sending">
        {work.percent === undefined ? <Icon name="ring" /> : null}
        <strong>{work.title}</strong>
      </p>
      {work.percent === undefined ? null : (
        <progress max={100} value={work.percent} aria-labelledby="sending" />
      )}
      <p class="meta">{work.amount}</p>
      {cancels === undefined ? null : (
        <button type="button" class="danger" onClick={onCancel}>
          {words.cancel}
        </button>
      )}
    </div>
  );
}

function Chooser({ onFile }: { readonly onFile: (file: File) => void }): JSX.Element {
  const words = usePageLanguage().page.file;
  const [isOver, setOver] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  return (
    <div
      class="drop"
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const [file] = event.dataTransfer?.files ?? [];
        if (file !== undefined) onFile(file);
      }}
    >
      <span class="meta">{words.drop}</span>
      <button type="button" class="plain" onClick={() => field.current?.click()}>
        {words.choose}
      </button>
      <input
        ref={field}
        type="file"
        hidden
        accept=".tar,application/x-tar"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file !== undefined) onFile(file);
          // The same file may be chosen again.
          currentTarget.value = '';
        }}
      />
    </div>
  );
}

export function FileCard({ device }: { readonly device: Device }): JSX.Element {
  const language = usePageLanguage();
  const words = language.page.file;
  const { state, send, stop } = useSender(device);
  const [, tick] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    if (state.kind !== 'sending') return undefined;
    // What is left is told also while nothing arrives.
    const timer = setInterval(() => tick(undefined), 1000);
    return () => clearInterval(timer);
  }, [state.kind]);
  const view = importView(state, device.status, device.now(), language);
  const onCancel = (): void => {
    if (view.cancels === 'transfer') stop();
    else if (view.cancels !== undefined) void device.commands.cancel(view.cancels);
  };
  return (
    <>
      <p class="meta">{words.hint}</p>
      {view.work === undefined ? <Chooser onFile={(file) => void send(file)} /> : null}
      <Work view={view} onCancel={onCancel} />
      <div aria-live="polite">
        {view.notice === undefined ? null : (
          <Notice notice={view.notice} titleId="file-notice">
            {view.isReady ? (
              <button type="button" class="primary" onClick={device.open}>
                {words.open}
              </button>
            ) : null}
          </Notice>
        )}
      </div>
    </>
  );
}

/** The installed files: the notice with the button that mends them, what the owner has edited, and the audit with its result. */
import { Component, createRef, type JSX } from 'preact';
import type { Spoken } from './language.tsx';
import type { AuditView } from '../model/files-view.ts';
import { ActionButton } from './action-button.tsx';
import { Icon, type IconName } from './icon.tsx';
import { Notice } from './notice.tsx';
import type { Part } from './part.ts';

/** A path breaks after its slashes, where it must break at all. */
function FileList({ files }: { readonly files: readonly string[] }): JSX.Element {
  return (
    <ul>
      {files.map((file) => (
        <li key={file}>
          {file
            .split(/(?<=\w\/)/)
            .flatMap((part, at) => (at === 0 ? part : [<wbr key={at} />, part]))}
        </li>
      ))}
    </ul>
  );
}

export function DamageNotice(
  { modal, updates }: Part,
  { language: { words } }: Spoken,
): JSX.Element | null {
  const { files, actions } = modal;
  if (files.damaged === undefined) return null;
  return (
    <Notice notice={files.damaged} titleId="damage-title">
      <ActionButton
        action={actions.repair}
        label={words.buttons.repair}
        kind={actions.leading === 'repair' ? 'primary' : 'plain'}
        onClick={updates.repair}
      />
      <details>
        <summary>{words.files.which}</summary>
        <FileList files={files.damaged.files} />
      </details>
    </Notice>
  );
}

export function EditedNotice({ modal }: Part): JSX.Element | null {
  const { edited } = modal.files;
  if (edited === undefined) return null;
  return (
    <Notice notice={edited} titleId="edited-title">
      <FileList files={edited.files} />
    </Notice>
  );
}

const ICONS: Readonly<Record<AuditView['state'], IconName | undefined>> = {
  unknown: undefined,
  running: 'ring',
  whole: 'check',
  damaged: 'warning',
};

export class FilesRow extends Component<Part> {
  readonly #row = createRef<HTMLElement>();

  override componentDidUpdate(before: Part): void {
    const { state } = this.props.modal.files.audit;
    const wasRunning = before.modal.files.audit.state === 'running';
    // The button is at the end, the answer to it at the top: who asked must see it.
    const isNews = wasRunning && state !== 'running' && state !== 'whole';
    if (isNews) this.#row.current?.parentElement?.scrollTo({ top: 0 });
  }

  override render({ modal, updates }: Part, _: unknown, { language }: Spoken) {
    const { files, buttons } = language.words;
    const { state, words, checked } = modal.files.audit;
    const icon = ICONS[state];
    if (!modal.actions.verify.shown) return null;
    return (
      <section class="files" ref={this.#row} aria-labelledby="files-heading">
        <div>
          <h3 id="files-heading">{files.heading}</h3>
          <p class="meta" data-state={state}>
            {icon === undefined ? null : <Icon name={icon} />}
            <output>{words}</output>
            {checked === undefined ? null : <span> {checked}</span>}
          </p>
        </div>
        <ActionButton
          action={modal.actions.verify}
          label={buttons.verify}
          kind="quiet"
          onClick={updates.verify}
        />
      </section>
    );
  }
}

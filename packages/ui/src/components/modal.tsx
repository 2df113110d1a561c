/**
 * The modal: a native dialog, so that focus, Escape and the page behind it are the browser's work. It can be closed at any
 * time; whatever runs goes on, and the chip shows it.
 */
import type { JSX, RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useLanguage } from './language.tsx';
import type { LogView } from '../model/situation.ts';
import type { ModalView } from '../model/view-model.ts';
import { ActionBar, type Actions } from './action-bar.tsx';
import { EditedNotice, FilesRow, DamageNotice } from './files.tsx';
import { Icon } from './icon.tsx';
import { LogViewer } from './log-viewer.tsx';
import { Notice } from './notice.tsx';
import { Progress } from './progress.tsx';
import { ReleaseCard, type ReleaseCardProps } from './release-card.tsx';
import { SignIn } from './sign-in.tsx';
import type { SignInMistake } from '../model/words.ts';
import { Versions } from './versions.tsx';

interface Props extends Actions, Pick<ReleaseCardProps, 'readNotes' | 'onTick' | 'onSkip'> {
  /** Undefined until its empty frame was seen: that comes at once, and the rest takes its time. */
  readonly modal: ModalView | undefined;
  /** For the live region. */
  readonly announcement: string;
  readonly log: LogView | undefined;
  readonly page: string;
  readonly isBusy: boolean;
  readonly mistake: SignInMistake | undefined;
  readonly onClose: () => void;
  readonly onSignIn: (password: string, code?: string) => void;
}

function Body({ modal, log, page, ...props }: Props & { readonly modal: ModalView }): JSX.Element {
  const { words } = useLanguage();
  if (modal.signedOut) {
    const { mistake, isBusy, onSignIn } = props;
    return <SignIn hint={modal.signInHint} mistake={mistake} isBusy={isBusy} onSignIn={onSignIn} />;
  }
  return (
    <>
      {modal.notice === undefined ? null : <Notice notice={modal.notice} titleId="notice-title" />}
      <DamageNotice modal={modal} onRepair={props.onRepair} />
      {modal.known ? null : <p class="meta">{modal.meta}</p>}
      {modal.known && modal.work === undefined ? <Versions modal={modal} /> : null}
      {modal.work === undefined ? null : <Progress work={modal.work} />}
      {modal.release === undefined ? null : (
        <ReleaseCard
          release={modal.release}
          readNotes={props.readNotes}
          actions={modal.actions}
          onTick={props.onTick}
          onSkip={props.onSkip}
          onDownload={props.onDownload}
        />
      )}
      <EditedNotice modal={modal} />
      {log === undefined ? null : <LogViewer log={log} id="log" />}
      <FilesRow modal={modal} onVerify={props.onVerify} />
      {modal.known && page !== '' ? (
        <p class="meta">
          <a href={page}>{words.page}</a>
        </p>
      ) : null}
    </>
  );
}

/**
 * Opened by a click the browser focuses the close button. Where nobody clicked (after the page reloaded itself), or where
 * the form in use has come or gone, a better place is chosen; never one that starts something.
 */
function useFocus(dialog: RefObject<HTMLDialogElement | null>, modal: ModalView | undefined): void {
  const isSignedOut = modal?.signedOut === true;
  // A click opens it empty.
  const isInPlace = useRef(modal === undefined);
  useLayoutEffect(() => {
    if (isSignedOut || !isInPlace.current) {
      dialog.current?.querySelector<HTMLElement>(isSignedOut ? '#password' : '#title')?.focus();
    }
    isInPlace.current = !isSignedOut;
  }, [dialog, isSignedOut]);
}

/** What had the focus may go with what it began. The heading takes it then: whoever uses the keyboard must not be thrown out. */
function useKeptFocus(
  dialog: RefObject<HTMLDialogElement | null>,
): (event: Pick<FocusEvent, 'target'>) => void {
  const last = useRef<EventTarget | null>(null);
  useLayoutEffect(() => {
    if (!(last.current instanceof Element) || last.current.isConnected) return;
    last.current = null;
    dialog.current?.querySelector<HTMLElement>('#title')?.focus();
  });
  return ({ target }) => {
    last.current = target;
  };
}

export function Modal(props: Props): JSX.Element {
  const { words } = useLanguage();
  const { modal, log, announcement, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);

  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // Not only taken away: the browser gives the focus back where it was.
    return () => element?.close();
  }, []);
  useFocus(dialog, modal);
  const onFocusIn = useKeptFocus(dialog);

  return (
    <dialog
      class="modal"
      dir={words.direction}
      part="dialog"
      ref={dialog}
      aria-labelledby="title"
      // A click beside the dialog closes it, where the browser knows this attribute.
      {...{ closedby: 'any' }}
      onFocusIn={onFocusIn}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClose={({ currentTarget }) => {
        // By the browser: it tells of what we have closed, too, when it has gone and somebody may have opened it again.
        if (currentTarget.isConnected) onClose();
      }}
    >
      <div class="head">
        <h2 id="title" tabIndex={-1}>
          {words.chip.name}
        </h2>
        {/* Focused at a click, not the heading: opening the details must never leave the focus on what starts something. */}
        <button type="button" class="close" autofocus onClick={onClose}>
          <Icon name="close" />
          <span class="unseen">{words.buttons.close}</span>
        </button>
      </div>
      <div class="body">{modal === undefined ? null : <Body {...props} modal={modal} />}</div>
      {modal?.actions.check.shown === true ? (
        <ActionBar {...props} modal={modal} isLogOpen={log !== undefined} />
      ) : null}
      <output class="unseen">{announcement}</output>
    </dialog>
  );
}

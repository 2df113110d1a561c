/** What fills the dialog: the sign-in form and nothing else, or all that there is to know and to do. */
import type { JSX } from 'preact';
import type { Situation } from '../model/situation.ts';
import type { Updates } from '../model/updates.ts';
import type { ModalView } from '../model/view-model.ts';
import { signInMistake } from '../model/words.ts';
import { ActionBar } from './action-bar.tsx';
import { DamageNotice, EditedNotice, FilesRow } from './files.tsx';
import type { Spoken } from './language.tsx';
import { LogViewer } from './log-viewer.tsx';
import { Notice } from './notice.tsx';
import { Progress } from './progress.tsx';
import { ReleaseCard } from './release-card.tsx';
import { SignIn } from './sign-in.tsx';
import { Versions } from './versions.tsx';

export interface DialogBodyProps {
  readonly modal: ModalView;
  readonly situation: Situation;
  readonly updates: Updates;
  /** The address of settings and history; empty where there is no way to them. */
  readonly page: string;
}

function SignInBody(
  { modal, situation, updates }: DialogBodyProps,
  { language }: Spoken,
): JSX.Element {
  const { pending, problem, isNew } = situation;
  return (
    <div class="body">
      <SignIn
        hint={modal.signInHint}
        isNew={isNew}
        mistake={
          problem?.command === 'sign-in' ? signInMistake(problem.error, language) : undefined
        }
        isBusy={pending !== undefined}
        onSignIn={(password, code) => void updates.signIn(password, code)}
      />
    </div>
  );
}

function Release({ modal, situation, updates }: DialogBodyProps): JSX.Element | null {
  const offered = situation.status?.offered ?? null;
  if (modal.release === undefined || offered === null) return null;
  const { isSkipped } = modal.actions;
  return (
    <ReleaseCard
      release={modal.release}
      readNotes={updates.readNotes}
      actions={modal.actions}
      onTick={(duty, isDone) => updates.tick(offered, duty, isDone)}
      onSkip={() => void updates.skip(isSkipped ? null : offered.version)}
      onDownload={() => void updates.download(offered)}
    />
  );
}

function Actions({ modal, situation, updates }: DialogBodyProps): JSX.Element | null {
  const { log, status } = situation;
  const { offered, transaction } = status ?? {};
  if (!modal.actions.check.shown) return null;
  return (
    <ActionBar
      modal={modal}
      isLogOpen={log !== undefined}
      onCheck={() => void updates.check()}
      onInstall={() => offered && void updates.install(offered)}
      onCancel={() => transaction && void updates.cancel(transaction.id)}
      onRollBack={() => void updates.rollBack()}
      onToggleLog={() => {
        if (log === undefined) void updates.openLog();
        else updates.closeLog();
      }}
    />
  );
}

export function DialogBody(props: DialogBodyProps, { language: { words } }: Spoken): JSX.Element {
  const { modal, updates, page } = props;
  const { log } = props.situation;
  if (modal.signedOut) return <SignInBody {...props} />;
  return (
    <>
      <div class="body">
        {modal.notice === undefined ? null : (
          <Notice notice={modal.notice} titleId="notice-title" />
        )}
        <DamageNotice modal={modal} onRepair={() => void updates.repair()} />
        {modal.known ? null : <p class="meta">{modal.meta}</p>}
        {modal.known && modal.work === undefined ? <Versions modal={modal} /> : null}
        {modal.work === undefined ? null : <Progress work={modal.work} />}
        <Release {...props} />
        <EditedNotice modal={modal} />
        {log === undefined ? null : <LogViewer log={log} id="log" />}
        <FilesRow modal={modal} onVerify={() => void updates.verify()} />
        {modal.known && page !== '' ? (
          <p class="meta">
            <a href={page}>{words.page}</a>
          </p>
        ) : null}
      </div>
      <Actions {...props} />
    </>
  );
}

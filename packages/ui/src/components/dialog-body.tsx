/** What fills the dialog: the sign-in form and nothing else, or all that there is to know and to do. */
import type { JSX } from 'preact';
import { signInMistake } from '../model/words.ts';
import { ActionBar } from './action-bar.tsx';
import { DamageNotice, EditedNotice, FilesRow } from './files.tsx';
import type { Spoken } from './language.tsx';
import { LogViewer } from './log-viewer.tsx';
import { Notice } from './notice.tsx';
import type { Part } from './part.ts';
import { Progress } from './progress.tsx';
import { ReleaseCard } from './release-card.tsx';
import { SignIn } from './sign-in.tsx';
import { Versions } from './versions.tsx';

export interface DialogBodyProps extends Part {
  /** The address of settings and history; empty where there is no way to them. */
  readonly page: string;
}

function SignInBody({ modal, situation, updates }: Part, { language }: Spoken): JSX.Element {
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

export function DialogBody(props: DialogBodyProps, { language: { words } }: Spoken): JSX.Element {
  const { modal, situation, page } = props;
  const { log } = situation;
  if (modal.signedOut) return <SignInBody {...props} />;
  return (
    <>
      <div class="body">
        {modal.notice === undefined ? null : (
          <Notice notice={modal.notice} titleId="notice-title" />
        )}
        <DamageNotice {...props} />
        {modal.known ? null : <p class="meta">{modal.meta}</p>}
        {modal.known && modal.work === undefined ? <Versions {...props} /> : null}
        {modal.work === undefined ? null : <Progress work={modal.work} />}
        <ReleaseCard {...props} />
        <EditedNotice {...props} />
        {log === undefined ? null : <LogViewer log={log} id="log" />}
        <FilesRow {...props} />
        {modal.known && page !== '' ? (
          <p class="meta">
            <a href={page}>{words.page}</a>
          </p>
        ) : null}
      </div>
      {modal.known ? <ActionBar {...props} /> : null}
    </>
  );
}

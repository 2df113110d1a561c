/** The sign-in form, in the modal and on the small host page alike. Keeps the password only while it is sent. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useLanguage } from './language.tsx';
import type { SignInMistake } from '../model/words.ts';

interface Props {
  /** What it is for. */
  readonly hint: string;
  /** No password is set yet: the form asks for the set-up code, too. */
  readonly isNew: boolean;
  /** Why the last try failed, as a sentence. */
  readonly mistake: SignInMistake | undefined;
  readonly isBusy: boolean;
  /** `code` is undefined where none was asked for, or the field was left empty. */
  readonly onSignIn: (password: string, code?: string) => void;
}

export function SignIn({ hint, isNew, mistake, isBusy, onSignIn }: Props): JSX.Element {
  const { words } = useLanguage();
  // Once asked for it stays, also when the next answer is about something else.
  const asksCode = useRef(false);
  if (isNew || mistake?.asksCode === true) asksCode.current = true;
  const [password, code] = [useRef<HTMLInputElement>(null), useRef<HTMLInputElement>(null)];
  useLayoutEffect(() => {
    // Whoever was refused types again. A button that is disabled loses the focus.
    if (!isBusy && mistake !== undefined) (code.current ?? password.current)?.select();
  }, [isBusy]);
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement)) return;
    const fields = new FormData(form);
    const [password, code] = [fields.get('password'), fields.get('code')];
    if (typeof password !== 'string' || password === '') return;
    if (typeof code === 'string' && code !== '') onSignIn(password, code);
    else onSignIn(password);
  };
  return (
    <form class="sign-in" onSubmit={onSubmit}>
      <p>{hint}</p>
      <label for="password">{words.signIn.password}</label>
      <input
        id="password"
        ref={password}
        name="password"
        type="password"
        autocomplete={asksCode.current ? 'new-password' : 'current-password'}
        required
        aria-invalid={mistake !== undefined}
        aria-describedby="sign-in-mistake"
      />
      {asksCode.current ? (
        <>
          <label for="code">{words.signIn.code}</label>
          <input id="code" ref={code} name="code" autocomplete="one-time-code" maxLength={40} />
        </>
      ) : null}
      <p class="mistake" id="sign-in-mistake" role="alert">
        {mistake?.text}
      </p>
      <button type="submit" class="primary" disabled={isBusy}>
        {words.buttons.signIn}
      </button>
    </form>
  );
}

/** The sign-in form, in the modal and on the small host page alike. Keeps the password only while it is sent. */
import type { JSX } from 'preact';
import { messages } from '../model/messages.ts';

interface Props {
  /** Why the last try failed, as a sentence. */
  readonly mistake: string | undefined;
  readonly isBusy: boolean;
  readonly onSignIn: (password: string) => void;
}

export function SignIn({ mistake, isBusy, onSignIn }: Props): JSX.Element {
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement)) return;
    const password = new FormData(form).get('password');
    if (typeof password === 'string' && password !== '') onSignIn(password);
  };
  return (
    <form class="sign-in" onSubmit={onSubmit}>
      <p>{messages.signIn.explain}</p>
      <label for="password">{messages.signIn.password}</label>
      <input
        id="password"
        name="password"
        type="password"
        autocomplete="current-password"
        required
        aria-invalid={mistake !== undefined}
        aria-describedby="sign-in-mistake"
      />
      <p class="mistake" id="sign-in-mistake" role="alert">
        {mistake}
      </p>
      <button type="submit" class="primary" disabled={isBusy}>
        {messages.buttons.signIn}
      </button>
    </form>
  );
}

/** The sign-in form, in the modal and on the small host page alike. Keeps the password only while it is sent. */
import { Component, createRef, type JSX } from 'preact';
import type { Spoken } from './language.tsx';
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

export class SignIn extends Component<Props> {
  readonly #password = createRef<HTMLInputElement>();
  readonly #code = createRef<HTMLInputElement>();
  /** Once asked for it stays, also when the next answer is about something else. */
  #asksCode = false;

  override componentDidMount(): void {
    const { isBusy, mistake } = this.props;
    // Whoever was refused types again, there where the mistake is.
    if (!isBusy && mistake) (mistake.asksCode ? this.#code : this.#password).current?.select();
  }

  override componentDidUpdate({ isBusy }: Props): void {
    if (isBusy !== this.props.isBusy) this.componentDidMount();
  }

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const { isBusy, onSignIn } = this.props;
    const password = this.#password.current?.value ?? '';
    const code = this.#code.current?.value ?? '';
    if (!isBusy) onSignIn(password, code === '' ? undefined : code);
  };

  override render(
    { hint, isNew, mistake, isBusy }: Props,
    _: unknown,
    { language: { words } }: Spoken,
  ): JSX.Element {
    if (isNew || mistake?.asksCode === true) this.#asksCode = true;
    return (
      <form class="sign-in" onSubmit={this.#onSubmit}>
        <p>{hint}</p>
        <label for="password">{words.signIn.password}</label>
        <input
          id="password"
          ref={this.#password}
          name="password"
          type="password"
          autocomplete={this.#asksCode ? 'new-password' : 'current-password'}
          required
          aria-invalid={mistake?.asksCode === false}
          aria-describedby="sign-in-mistake"
        />
        {this.#asksCode ? (
          <>
            <label for="code">{words.signIn.code}</label>
            <input
              id="code"
              ref={this.#code}
              name="code"
              autocomplete="one-time-code"
              maxLength={40}
            />
          </>
        ) : null}
        <p class="mistake" id="sign-in-mistake" role="alert">
          {mistake?.text}
        </p>
        {/* A button that is disabled would lose the focus, and with it whoever uses the keyboard. */}
        <button type="submit" class="primary" aria-disabled={isBusy}>
          {words.buttons.signIn}
        </button>
      </form>
    );
  }
}

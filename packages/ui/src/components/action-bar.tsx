/**
 * The buttons at the bottom of the modal. A button that is not live stays reachable and says why; rolling back asks once,
 * in its own place, with the focus on the way out.
 */
import { Component, createRef, type JSX, type Ref } from 'preact';
import { ActionButton } from './action-button.tsx';
import type { Spoken } from './language.tsx';
import type { Part } from './part.ts';

interface ConfirmProps extends Part {
  readonly onAnswer: () => void;
}

/** The same function each time, so that it is called when the button comes, and not whenever it is drawn. */
const takeFocus = (button: HTMLButtonElement | null): void => button?.focus();

function ConfirmRollBack(
  { modal, updates, onAnswer }: ConfirmProps,
  { language: { words } }: Spoken,
): JSX.Element {
  const { question, yes, keep } = modal.rollBack.confirm;
  const onYes = (): void => {
    onAnswer();
    void updates.rollBack();
  };
  return (
    <div class="foot">
      <p>
        <strong id="confirm-question">{question}</strong> {words.confirm.explain}
      </p>
      <div class="buttons">
        <div class="ahead">
          <button
            type="button"
            class="plain"
            ref={takeFocus}
            aria-describedby="confirm-question"
            onClick={onAnswer}
          >
            {keep}
          </button>
          <button type="button" class="danger" onClick={onYes}>
            {yes}
          </button>
        </div>
      </div>
    </div>
  );
}

interface ButtonsProps extends Part {
  /** Where the question about a roll-back comes from. */
  readonly asking: Ref<HTMLButtonElement>;
  readonly onRollBack: () => void;
}

function Buttons(
  { modal, situation, updates, asking, onRollBack }: ButtonsProps,
  { language }: Spoken,
): JSX.Element {
  const words = language.words.buttons;
  const { offered, transaction } = situation.status ?? {};
  const isLogOpen = situation.log !== undefined;
  const { check, install, cancel, rollBack, leading, reasons } = modal.actions;
  const { isReady, isSecondTry } = modal.actions;
  const installLabel = isSecondTry ? 'again' : isReady ? 'installReady' : 'install';
  const kindOf = (name: typeof leading) => (leading === name ? 'primary' : 'plain');
  return (
    <div class="foot">
      <p class="reasons meta" id="reasons">
        {reasons.join(' ')}
      </p>
      <div class="buttons">
        <button
          type="button"
          class="plain"
          aria-expanded={isLogOpen}
          aria-controls={isLogOpen ? 'log' : undefined}
          onClick={() => void (isLogOpen ? updates.closeLog() : updates.openLog())}
        >
          {isLogOpen ? words.hideLogs : words.viewLogs}
        </button>
        <ActionButton
          action={rollBack}
          label={modal.rollBack.label}
          kind="plain"
          place={asking}
          onClick={onRollBack}
        />
        <div class="ahead">
          <ActionButton
            action={check}
            label={words.check}
            kind={kindOf('check')}
            onClick={updates.check}
          />
          <ActionButton
            action={cancel}
            label={modal.work?.cancelLabel ?? words.cancel}
            kind="danger"
            onClick={() => transaction && updates.cancel(transaction.id)}
          />
          <ActionButton
            action={install}
            label={words[installLabel]}
            kind={kindOf('install')}
            onClick={() => offered && updates.install(offered)}
          />
        </div>
      </div>
    </div>
  );
}

interface State {
  readonly isConfirming: boolean;
}

export class ActionBar extends Component<Part, State> {
  override state: State = { isConfirming: false };
  readonly #asking = createRef<HTMLButtonElement>();

  override componentDidUpdate(_: Part, { isConfirming: wasConfirming }: State): void {
    const { isConfirming } = this.state;
    // Back to where the question came from, for whoever uses the keyboard.
    if (wasConfirming && !isConfirming) this.#asking.current?.focus();
    // What comes back after something else has happened would be another question.
    if (isConfirming && this.props.modal.actions.rollBack.reason !== undefined)
      this.#confirm(false);
  }

  #confirm(isConfirming: boolean): void {
    this.setState({ isConfirming });
  }

  override render(props: Part, { isConfirming }: State): JSX.Element {
    if (isConfirming && props.modal.actions.rollBack.reason === undefined)
      return <ConfirmRollBack {...props} onAnswer={() => this.#confirm(false)} />;
    return <Buttons {...props} asking={this.#asking} onRollBack={() => this.#confirm(true)} />;
  }
}

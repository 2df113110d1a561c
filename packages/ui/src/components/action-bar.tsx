/**
 * The buttons at the bottom of the modal. A button that is not live stays reachable and says why; rolling back asks once,
 * in its own place, with the focus on the way out.
 */
import { Component, createRef, type JSX, type Ref } from 'preact';
import type { Spoken } from './language.tsx';
import type { ModalView } from '../model/view-model.ts';
import { ActionButton } from './action-button.tsx';

interface Actions {
  readonly onCheck: () => void;
  readonly onInstall: () => void;
  readonly onCancel: () => void;
  readonly onRollBack: () => void;
  readonly onToggleLog: () => void;
}

interface ConfirmProps {
  readonly modal: ModalView;
  readonly onYes: () => void;
  readonly onNo: () => void;
}

/** The same function each time, so that it is called when the button comes, and not whenever it is drawn. */
const takeFocus = (button: HTMLButtonElement | null): void => button?.focus();

function ConfirmRollBack(
  { modal, onYes, onNo }: ConfirmProps,
  { language: { words } }: Spoken,
): JSX.Element {
  const { question, yes, keep } = modal.rollBack.confirm;
  return (
    <div class="foot">
      <p>
        <strong id="confirm-question">{question}</strong> {words.confirm.explain}
      </p>
      <div class="buttons confirm">
        <div class="ahead">
          <button
            type="button"
            class="plain"
            ref={takeFocus}
            aria-describedby="confirm-question"
            onClick={onNo}
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

interface Props extends Actions {
  readonly modal: ModalView;
  readonly isLogOpen: boolean;
}

interface ButtonsProps extends Props {
  /** Where the question about a roll-back comes from. */
  readonly asking: Ref<HTMLButtonElement>;
}

function Buttons(
  { modal, isLogOpen, asking, ...on }: ButtonsProps,
  { language }: Spoken,
): JSX.Element {
  const words = language.words.buttons;
  const { check, install, cancel, rollBack, leading, reasons } = modal.actions;
  const hasMore = install.shown || cancel.shown;
  const { isReady, isSecondTry } = modal.actions;
  const installLabel = isSecondTry ? 'again' : isReady ? 'installReady' : 'install';
  const kindOf = (name: typeof leading) => (leading === name ? 'primary' : 'plain');
  return (
    <div class="foot">
      <p class="reasons meta" id="reasons">
        {reasons.join(' ')}
      </p>
      <div class={hasMore ? 'buttons' : 'buttons two'}>
        <button
          type="button"
          class="plain"
          aria-expanded={isLogOpen}
          aria-controls={isLogOpen ? 'log' : undefined}
          onClick={on.onToggleLog}
        >
          {isLogOpen ? words.hideLogs : words.viewLogs}
        </button>
        <ActionButton
          action={rollBack}
          label={modal.rollBack.label}
          kind="plain"
          place={asking}
          onClick={on.onRollBack}
        />
        <div class="ahead">
          <ActionButton
            action={check}
            label={words.check}
            kind={kindOf('check')}
            onClick={on.onCheck}
          />
          <ActionButton
            action={cancel}
            label={modal.work?.cancelLabel ?? words.cancel}
            kind="danger"
            onClick={on.onCancel}
          />
          <ActionButton
            action={install}
            label={words[installLabel]}
            kind={kindOf('install')}
            onClick={on.onInstall}
          />
        </div>
      </div>
    </div>
  );
}

interface State {
  readonly isConfirming: boolean;
}

export class ActionBar extends Component<Props, State> {
  override state: State = { isConfirming: false };
  readonly #asking = createRef<HTMLButtonElement>();

  override componentDidUpdate(_: Props, { isConfirming: wasConfirming }: State): void {
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

  override render({ modal, ...on }: Props, { isConfirming }: State): JSX.Element {
    if (isConfirming && modal.actions.rollBack.reason === undefined) {
      const onYes = (): void => {
        this.#confirm(false);
        on.onRollBack();
      };
      return <ConfirmRollBack modal={modal} onYes={onYes} onNo={() => this.#confirm(false)} />;
    }
    return (
      <Buttons {...on} modal={modal} asking={this.#asking} onRollBack={() => this.#confirm(true)} />
    );
  }
}

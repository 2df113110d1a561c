/**
 * The buttons at the bottom of the modal. A button that is not live stays reachable and says why; rolling back asks once,
 * in its own place, with the focus on the way out.
 */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useLanguage } from './language.tsx';
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

function ConfirmRollBack({ modal, onYes, onNo }: ConfirmProps): JSX.Element {
  const { words } = useLanguage();
  const { question, yes, keep } = modal.rollBack.confirm;
  const wayOut = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => wayOut.current?.focus(), []);
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
            ref={wayOut}
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

export function ActionBar({ modal, isLogOpen, ...on }: Props): JSX.Element {
  const words = useLanguage().words.buttons;
  const [isConfirming, setConfirming] = useState(false);
  const asking = useRef<HTMLButtonElement>(null);
  const wasConfirming = useRef(false);
  useLayoutEffect(() => {
    // Back to where the question came from, for whoever uses the keyboard.
    if (wasConfirming.current && !isConfirming) asking.current?.focus();
    wasConfirming.current = isConfirming;
  }, [isConfirming]);
  const { check, install, cancel, rollBack, leading, reasons } = modal.actions;
  useLayoutEffect(() => {
    // What comes back after something else has happened would be another question.
    if (rollBack.reason !== undefined) setConfirming(false);
  }, [rollBack.reason]);
  if (isConfirming && rollBack.reason === undefined) {
    const onYes = (): void => {
      setConfirming(false);
      on.onRollBack();
    };
    return <ConfirmRollBack modal={modal} onYes={onYes} onNo={() => setConfirming(false)} />;
  }
  const hasMore = install.shown || cancel.shown;
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
          onClick={() => setConfirming(true)}
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
            label={modal.actions.isReady ? words.installReady : words.install}
            kind={kindOf('install')}
            onClick={on.onInstall}
          />
        </div>
      </div>
    </div>
  );
}

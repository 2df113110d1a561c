/** Another password. Keeps what was typed only while it is sent. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Mistake } from './card.tsx';
import type { Device } from './device.ts';
import { usePageLanguage } from './language.tsx';
import { passwordMistake } from './model/access-view.ts';

/** As the device demands it, which has the last word. */
const SHORTEST = 8;

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly autocomplete: 'current-password' | 'new-password';
}

function Field({ name, label, autocomplete }: FieldProps): JSX.Element {
  return (
    <>
      <label for={`${name}-password`}>{label}</label>
      <input
        id={`${name}-password`}
        name={name}
        type="password"
        required
        autocomplete={autocomplete}
        aria-describedby="password-told"
      />
    </>
  );
}

interface Props {
  readonly device: Device;
  readonly onChanged: () => void;
}

export function Password({ device, onChanged }: Props): JSX.Element {
  const language = usePageLanguage();
  const { password: words } = language.page;
  const [isBusy, setBusy] = useState(false);
  const [mistake, setMistake] = useState<string>();
  const [isChanged, setChanged] = useState(false);

  const change = async (form: HTMLFormElement): Promise<void> => {
    const fields = new FormData(form);
    const [current, next, repeat] = ['current', 'next', 'repeat'].map((name) => {
      const text = fields.get(name);
      return typeof text === 'string' ? text : '';
    });
    setChanged(false);
    if (current === undefined || next === undefined || next !== repeat) {
      setMistake(words.differ);
      return;
    }
    setBusy(true);
    const answer = await device.commands.changePassword(current, next);
    setBusy(false);
    setMistake(answer.ok ? undefined : passwordMistake(answer.error, language));
    if (answer.ok) {
      form.reset();
      setChanged(true);
      onChanged();
    }
    await device.refresh();
  };
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!isBusy && form instanceof HTMLFormElement) void change(form);
  };
  return (
    <section aria-labelledby="password-title">
      <h3 id="password-title">{words.title}</h3>
      <p class="meta">{language.fill(words.hint, { min: SHORTEST })}</p>
      <form class="fields" onSubmit={onSubmit}>
        <Field name="current" label={words.current} autocomplete="current-password" />
        <Field name="next" label={words.next} autocomplete="new-password" />
        <Field name="repeat" label={words.repeat} autocomplete="new-password" />
        <div id="password-told">
          <Mistake text={mistake} />
          <output class="good">{isChanged ? words.changed : ''}</output>
        </div>
        {/* A button that is disabled would lose the focus, and with it whoever uses the keyboard. */}
        <button type="submit" class="plain" aria-disabled={isBusy}>
          {words.change}
        </button>
      </form>
    </section>
  );
}

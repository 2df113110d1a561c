/** What the owner may change here: the daily check. */
import type { JSX } from 'preact';
import type { ActionView } from '../model/actions-view.ts';
import { messages } from '../model/messages.ts';

interface Props {
  readonly isOn: boolean;
  readonly action: ActionView;
  readonly onChange: (isOn: boolean) => void;
}

export function Settings({ isOn, action, onChange }: Props): JSX.Element {
  return (
    <label class="setting">
      <span>
        {messages.settings.autoCheck}
        <span class="meta">{messages.settings.explain}</span>
      </span>
      <input
        type="checkbox"
        role="switch"
        aria-checked={isOn}
        checked={isOn}
        disabled={action.reason !== undefined}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    </label>
  );
}

/** What the owner may change here: the daily check, and being signed in. */
import type { JSX } from 'preact';
import type { ActionView } from '../model/actions-view.ts';
import { messages } from '../model/messages.ts';

interface Props {
  readonly isOn: boolean;
  readonly action: ActionView;
  readonly onChange: (isOn: boolean) => void;
  readonly onSignOut: () => void;
}

export function Settings({ isOn, action, onChange, onSignOut }: Props): JSX.Element {
  return (
    <div class="settings">
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
      <button type="button" class="quiet" onClick={onSignOut}>
        {messages.buttons.signOut}
      </button>
    </div>
  );
}

/** What the owner may do here beside updating: the daily check, a release from a file, and leaving. */
import type { JSX } from 'preact';
import type { ActionView } from '../model/actions-view.ts';
import { useLanguage } from './language.tsx';

interface Props {
  readonly isOn: boolean;
  readonly action: ActionView;
  readonly check: ActionView;
  readonly sent: string | undefined;
  readonly onChange: (isOn: boolean) => void;
  readonly onFile: (file: File) => void;
  readonly onSignOut: () => void;
}

export function Settings(props: Props): JSX.Element {
  const { words } = useLanguage();
  const { isOn, action, check, sent, onChange, onFile, onSignOut } = props;
  return (
    <div class="settings">
      <label class="setting">
        <span>
          {words.settings.autoCheck}
          <span class="meta">{words.settings.explain}</span>
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
      <label class="setting">
        <span>
          {words.settings.file}
          <span class="meta">{sent ?? words.settings.fileExplain}</span>
        </span>
        <input
          type="file"
          accept=".tar"
          disabled={check.reason !== undefined}
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? [];
            if (file !== undefined) onFile(file);
            // The same file may be chosen again.
            currentTarget.value = '';
          }}
        />
      </label>
      <button type="button" class="quiet" onClick={onSignOut}>
        {words.buttons.signOut}
      </button>
    </div>
  );
}

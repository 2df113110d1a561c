/** The settings of the device: the daily check, and a release from a file. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Status } from '@pikit/protocol';
import type { Problem } from '../model/situation.ts';
import { describeProblem } from '../model/words.ts';
import { usePageLanguage } from './language.tsx';
import type { PageCommands } from './model/page-commands.ts';

interface Props {
  readonly status: Status;
  readonly commands: PageCommands;
}

export function SettingsCard({ status, commands }: Props): JSX.Element {
  const language = usePageLanguage();
  const { settings: words, file: fileWords } = language.page;
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [sent, setSent] = useState<string>();
  const told = problem === undefined ? undefined : describeProblem(problem, language);

  const setAutoCheck = async (autoCheck: boolean): Promise<void> => {
    setBusy(true);
    const answer = await commands.setSettings({ autoCheck });
    setProblem(answer.ok ? undefined : answer.error);
    setBusy(false);
  };
  const send = async (file: File): Promise<void> => {
    setBusy(true);
    const onSent = (bytes: number): void => setSent(language.bytes(bytes));
    const answer = await commands.importFile(file, {
      onSent,
      signal: new AbortController().signal,
    });
    setProblem(answer.ok ? undefined : answer.error);
    setSent(undefined);
    setBusy(false);
  };
  return (
    <section class="card" aria-labelledby="settings">
      <h2 id="settings">{words.title}</h2>
      <label class="setting">
        <span>
          {words.autoCheck}
          <span class="meta">{words.autoCheckHint}</span>
        </span>
        <input
          type="checkbox"
          role="switch"
          aria-checked={status.settings.autoCheck}
          checked={status.settings.autoCheck}
          disabled={isBusy}
          onChange={({ currentTarget }) => void setAutoCheck(currentTarget.checked)}
        />
      </label>
      <label class="setting">
        <span>
          {fileWords.title}
          <span class="meta">{sent ?? fileWords.hint}</span>
        </span>
        <input
          type="file"
          accept=".tar"
          disabled={isBusy}
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? [];
            if (file !== undefined) void send(file);
            // The same file may be chosen again.
            currentTarget.value = '';
          }}
        />
      </label>
      <p class="mistake" role="alert">
        {told === undefined ? null : `${told.title}. ${told.whatToDo}`}
      </p>
    </section>
  );
}

/** What the owner decides once: each choice goes to the device at once, and comes back with the reason when it refuses. */
import type { ComponentChildren, JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Settings } from '@pikit/protocol';
import type { Answer } from '../model/call.ts';
import { Icon } from '../components/icon.tsx';
import type { Device } from './device.ts';
import { usePageLanguage } from './language.tsx';
import { createSaver, type Saving } from './model/saver.ts';
import { changeOf, savingWords, settingsView, type Choice } from './model/settings-view.ts';

interface Saved {
  readonly saving: Saving<string>;
  readonly save: (wish: string) => Promise<void>;
}

/** `send` must mean the same for as long as the card is there. */
function useSaver({ refresh }: Device, send: (wish: string) => Promise<Answer<unknown>>): Saved {
  const [saving, setSaving] = useState<Saving<string>>({ kind: 'idle' });
  const saver = useRef<Saved['save'] | undefined>(undefined);
  saver.current ??= createSaver({ send, settle: refresh, onChange: setSaving });
  return { saving, save: saver.current };
}

function useSetting(device: Device, name: keyof Settings): Saved {
  const { saving, save } = useSaver(device, (wish) =>
    device.commands.setSettings(changeOf(name, wish) ?? {}),
  );
  return {
    saving,
    save: async (wish) => {
      if (changeOf(name, wish) !== undefined) await save(wish);
    },
  };
}

const shown = ({ saving }: Saved, value: string): string =>
  saving.kind === 'saving' ? saving.wish : value;

interface RowProps {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly saving: Saving<string>;
  readonly children: ComponentChildren;
}

function Row({ id, label, hint, saving, children }: RowProps): JSX.Element {
  const language = usePageLanguage();
  const { text, isBad } = savingWords(saving, language);
  return (
    <div class="row">
      <div>
        <label for={id}>{label}</label>
        <p class="meta" id={`${id}-hint`}>
          {hint}
        </p>
        <p class={isBad ? 'told bad' : 'told'} role={isBad ? 'alert' : 'status'}>
          {saving.kind === 'saved' ? <Icon name="check" /> : null}
          {text}
        </p>
      </div>
      {children}
    </div>
  );
}

interface SelectProps {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly setting: Saved;
  readonly value: string;
  readonly choices: readonly Choice[];
}

function SelectRow({ id, label, hint, setting, value, choices }: SelectProps): JSX.Element {
  return (
    <Row id={id} label={label} hint={hint} saving={setting.saving}>
      <select
        id={id}
        aria-describedby={`${id}-hint`}
        value={shown(setting, value)}
        onChange={({ currentTarget }) => void setting.save(currentTarget.value)}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    </Row>
  );
}

function SkippedRow({ device }: { readonly device: Device }): JSX.Element {
  const language = usePageLanguage();
  const { settings: words } = language.page;
  const { skipped } = device.status;
  const { saving, save } = useSaver(device, () => device.commands.skip(null));
  const { text, isBad } = savingWords(saving, language);
  const version = skipped ?? '';
  return (
    <div class="row">
      <div>
        <p>{words.skipped}</p>
        <p class="meta">
          {skipped === null ? words.noneSkipped : language.fill(words.skippedHint, { version })}
        </p>
        <p class={isBad ? 'told bad' : 'told'} role={isBad ? 'alert' : 'status'}>
          {text}
        </p>
      </div>
      {skipped === null ? null : (
        <button type="button" class="plain" onClick={() => void save('')}>
          {language.fill(words.unskip, { version })}
        </button>
      )}
    </div>
  );
}

export function SettingsCard({ device }: { readonly device: Device }): JSX.Element {
  const language = usePageLanguage();
  const { settings: words } = language.page;
  const view = settingsView(device.status, language);
  const [autoCheck, checkAt, channel, keep] = [
    useSetting(device, 'autoCheck'),
    useSetting(device, 'checkAt'),
    useSetting(device, 'channel'),
    useSetting(device, 'keep'),
  ];
  const isOn = shown(autoCheck, view.autoCheck ? 'on' : 'off') === 'on';
  return (
    <div class="rows">
      <Row
        id="auto-check"
        label={words.autoCheck}
        hint={words.autoCheckHint}
        saving={autoCheck.saving}
      >
        <input
          id="auto-check"
          type="checkbox"
          role="switch"
          aria-checked={isOn}
          aria-describedby="auto-check-hint"
          checked={isOn}
          onChange={({ currentTarget }) =>
            void autoCheck.save(currentTarget.checked ? 'on' : 'off')
          }
        />
      </Row>
      {isOn ? (
        <Row id="check-at" label={words.checkAt} hint={words.checkAtHint} saving={checkAt.saving}>
          <input
            id="check-at"
            type="time"
            required
            aria-describedby="check-at-hint"
            value={shown(checkAt, view.checkAt)}
            onChange={({ currentTarget }) => void checkAt.save(currentTarget.value)}
          />
        </Row>
      ) : null}
      <SelectRow
        id="channel"
        label={words.channel}
        hint={words.channelHint}
        setting={channel}
        value={view.channel}
        choices={view.channels}
      />
      <SelectRow
        id="keep"
        label={words.keep}
        hint={words.keepHint}
        setting={keep}
        value={view.keep}
        choices={view.keeps}
      />
      <SkippedRow device={device} />
    </div>
  );
}

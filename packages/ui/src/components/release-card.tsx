/** What a person should know before installing: what they must do, what changes, how large it is, and who vouches for it. */
import type { JSX } from 'preact';
import type { ActionsView } from '../model/actions-view.ts';
import type { ReleaseNotes as Notes } from '../model/commands.ts';
import type { Spoken } from './language.tsx';
import type { ReleaseView } from '../model/view-model.ts';
import { ActionButton } from './action-button.tsx';
import { Icon } from './icon.tsx';
import { ReleaseNotes } from './release-notes.tsx';

export interface ReleaseCardProps {
  readonly release: ReleaseView;
  readonly readNotes: () => Promise<readonly Notes[]>;
  readonly actions: ActionsView;
  readonly onTick: (duty: string, isDone: boolean) => void;
  readonly onSkip: () => void;
  readonly onDownload: () => void;
}

export function ReleaseCard(props: ReleaseCardProps, { language }: Spoken): JSX.Element {
  const { release, readNotes, actions, onTick, onSkip, onDownload } = props;
  const { release: words, buttons } = language.words;
  return (
    <section class="release" aria-labelledby="release-heading">
      <h3 id="release-heading">{release.heading}</h3>
      <p class="meta">{release.facts.join(' · ')}</p>
      {release.restarts === undefined ? null : <p class="meta">{release.restarts}</p>}
      {release.heldBack === undefined ? null : (
        <p class="held-back">
          <Icon name="info" />
          {release.heldBack}
        </p>
      )}
      {release.breaking.length === 0 ? null : (
        <div class="breaking">
          <h4>
            <Icon name="warning" />
            {words.breaking}
          </h4>
          {release.breaking.map(({ duty, isDone }) => (
            <label key={duty}>
              <input
                type="checkbox"
                checked={isDone}
                onChange={({ currentTarget }) => onTick(duty, currentTarget.checked)}
              />
              {duty}
            </label>
          ))}
        </div>
      )}
      <ReleaseNotes release={release} read={readNotes} />
      {release.changelog === undefined ? null : (
        <p>
          <a href={release.changelog} target="_blank" rel="noopener noreferrer">
            {words.changelog}
            <span class="unseen"> {words.newTab}</span>
          </a>
        </p>
      )}
      <p class="trust" data-signed={release.trust.signed}>
        <Icon name={release.trust.signed ? 'lock' : 'info'} />
        {release.trust.words}
      </p>
      <div class="choices">
        <ActionButton
          action={actions.download}
          label={buttons.download}
          kind="quiet"
          onClick={onDownload}
        />
        <ActionButton
          action={actions.skip}
          label={actions.isSkipped ? buttons.unskip : buttons.skip}
          kind="quiet"
          onClick={onSkip}
        />
      </div>
    </section>
  );
}

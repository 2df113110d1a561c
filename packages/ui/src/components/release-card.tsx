/** What a person should know before installing: what they must do, what changes, how large it is, and who vouches for it. */
import type { JSX } from 'preact';
import type { Spoken } from './language.tsx';
import { ActionButton } from './action-button.tsx';
import { Icon } from './icon.tsx';
import type { Part } from './part.ts';
import { ReleaseNotes } from './release-notes.tsx';

export function ReleaseCard(
  { modal, situation, updates }: Part,
  { language }: Spoken,
): JSX.Element | null {
  const { release, actions } = modal;
  const offered = situation.status?.offered ?? null;
  if (release === undefined || offered === null) return null;
  const { release: words, buttons } = language.words;
  return (
    <section class="release" aria-labelledby="release-heading">
      <h3 id="release-heading">{release.heading}</h3>
      <p class="meta">{release.facts.join(' · ')}</p>
      {release.restarts === undefined ? null : <p class="meta">{release.restarts}</p>}
      {release.heldBack === undefined ? null : (
        <p class="held-back" data-tone="warning">
          <Icon name="info" />
          {release.heldBack}
        </p>
      )}
      {release.breaking.length === 0 ? null : (
        <div class="breaking" data-tone="warning">
          <h4>
            <Icon name="warning" />
            {words.breaking}
          </h4>
          {release.breaking.map(({ duty, isDone }) => (
            <label key={duty}>
              <input
                type="checkbox"
                checked={isDone}
                onChange={({ currentTarget }) => updates.tick(offered, duty, currentTarget.checked)}
              />
              {duty}
            </label>
          ))}
        </div>
      )}
      <ReleaseNotes release={release} read={updates.readNotes} />
      {release.changelog === undefined ? null : (
        <p>
          <a href={release.changelog} target="_blank" rel="noreferrer">
            {words.changelog}
            <span class="unseen"> {words.newTab}</span>
          </a>
        </p>
      )}
      <p class="trust" data-tone={release.trust.signed ? 'good' : 'neutral'}>
        <Icon name={release.trust.signed ? 'lock' : 'info'} />
        {release.trust.words}
      </p>
      <div class="choices">
        <ActionButton
          action={actions.download}
          label={buttons.download}
          kind="quiet"
          onClick={() => updates.download(offered)}
        />
        <ActionButton
          action={actions.skip}
          label={actions.isSkipped ? buttons.unskip : buttons.skip}
          kind="quiet"
          onClick={() => updates.skip(actions.isSkipped ? null : offered.version)}
        />
      </div>
    </section>
  );
}

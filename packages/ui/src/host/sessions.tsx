/** Where the owner is signed in, and the way to end it there. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Answer } from '../model/call.ts';
import type { Problem } from '../model/situation.ts';
import { problemSentence } from '../model/words.ts';
import { Mistake, useAsked, Waiting } from './card.tsx';
import type { Device } from './device.ts';
import { usePageLanguage } from './language.tsx';
import { sessionsView } from './model/access-view.ts';
import { Visitor } from './visitor.tsx';

interface Props {
  readonly device: Device;
  /** Another after the password was changed, which ends sessions. */
  readonly about: unknown;
}

export function Sessions({ device, about }: Props): JSX.Element {
  const language = usePageLanguage();
  const { access: words } = language.page;
  const asked = useAsked(device.commands.sessions, about);
  const [problem, setProblem] = useState<Problem>();
  const sessions = sessionsView(asked.value?.sessions ?? [], language);
  const end = async (ending: Promise<Answer<unknown>>): Promise<void> => {
    const answer = await ending;
    setProblem(answer.ok ? undefined : answer.error);
    await asked.again();
  };
  const hasOthers = sessions.some(({ isOwn }) => !isOwn);
  return (
    <section aria-labelledby="sessions">
      <h3 id="sessions">{words.sessions}</h3>
      <Waiting asked={asked} />
      <ul class="visitors">
        {sessions.map((session) => (
          <Visitor key={session.id} visitor={session}>
            {session.isOwn ? (
              <button type="button" class="plain" onClick={device.signOut}>
                {language.page.signOut}
              </button>
            ) : (
              <button
                type="button"
                class="plain"
                aria-label={language.fill(words.endName, { name: session.name })}
                onClick={() => void end(device.commands.endSession(session.id))}
              >
                {words.end}
              </button>
            )}
          </Visitor>
        ))}
      </ul>
      <Mistake text={problem && problemSentence(problem, language)} />
      {asked.value === undefined ? null : hasOthers ? (
        <button
          type="button"
          class="plain"
          onClick={() => void end(device.commands.endOtherSessions())}
        >
          {words.endOthers}
        </button>
      ) : (
        <p class="meta">{words.noOthers}</p>
      )}
    </section>
  );
}

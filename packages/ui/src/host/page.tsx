/**
 * The page below the top bar: the sign-in form, or what this device runs and what was installed on it. It learns the status
 * from the element's event, as any other host page would.
 */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { TransactionResult } from '@pikit/protocol';
import { SignIn } from '../components/sign-in.tsx';
import type { PikitUpdates, StatusDetail } from '../element.tsx';
import type { Commands } from '../model/commands.ts';
import type { Problem, Situation } from '../model/situation.ts';
import { signInMistake, versionLabel } from '../model/words.ts';
import { History } from './history.tsx';
import { usePageLanguage } from './language.tsx';
import type { PageCommands } from './model/page-commands.ts';
import { SettingsCard } from './settings.tsx';

interface Props {
  readonly element: PikitUpdates;
  readonly commands: Commands & PageCommands;
}

function Facts({ status }: { readonly status: Situation['status'] & object }): JSX.Element {
  const language = usePageLanguage();
  const words = language.page.device;
  const facts: readonly (readonly [string, string])[] = [
    [language.words.versions.installed, versionLabel(status.current, language)],
    [words.previous, versionLabel(status.previous, language)],
    [words.channel, words[status.channel]],
  ];
  return (
    <section class="card" aria-labelledby="device">
      <h2 id="device">{words.title}</h2>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function SignInCard({ element, commands }: Props): JSX.Element {
  const language = usePageLanguage();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const onSignIn = async (password: string, code?: string): Promise<void> => {
    setBusy(true);
    const answer = await commands.signIn(password, code);
    setProblem(answer.ok ? undefined : answer.error);
    setBusy(false);
    if (answer.ok) await element.refresh();
  };
  return (
    <section class="card sign-in-card" aria-labelledby="sign-in">
      <h2 id="sign-in">{language.words.signIn.heading}</h2>
      <SignIn
        mistake={problem === undefined ? undefined : signInMistake(problem, language)}
        isBusy={isBusy}
        onSignIn={(password, code) => void onSignIn(password, code)}
      />
    </section>
  );
}

export function Page(props: Props): JSX.Element | null {
  const { page: words } = usePageLanguage();
  const { element, commands } = props;
  const [detail, setDetail] = useState<StatusDetail>();
  const [entries, setEntries] = useState<readonly TransactionResult[]>();
  useEffect(() => {
    const onStatus = (event: Event): void => {
      if (event instanceof CustomEvent) setDetail(event.detail as StatusDetail);
    };
    element.addEventListener('pikit-status', onStatus);
    return () => element.removeEventListener('pikit-status', onStatus);
  }, [element]);

  const isSignedOut = detail?.state === 'signed-out';
  const status = detail?.status;
  const latest = status?.last_result?.id;
  const isKnown = status !== undefined && !isSignedOut;
  useEffect(() => {
    if (!isKnown) return;
    void commands.history().then((answer) => {
      if (answer.ok) setEntries(answer.value.entries);
    });
  }, [commands, isKnown, latest]);

  if (isSignedOut) return <SignInCard {...props} />;
  if (status === undefined) return null;
  return (
    <>
      <Facts status={status} />
      <SettingsCard status={status} commands={commands} />
      {entries === undefined ? null : <History entries={entries} />}
      <p class="page-foot">
        <button type="button" class="plain" onClick={() => void element.signOut()}>
          {words.signOut}
        </button>
      </p>
    </>
  );
}

/**
 * The page below the top bar: the sign-in form and nothing else, or its cards. It learns the status from the element's event, as
 * any other host page would.
 */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { SignIn } from '../components/sign-in.tsx';
import type { StatusDetail } from '../element.ts';
import type { Problem } from '../model/situation.ts';
import { signInMistake } from '../model/words.ts';
import { Access } from './access.tsx';
import { Card, useAsked } from './card.tsx';
import type { Device } from './device.ts';
import { Facts } from './facts.tsx';
import { FileCard } from './file.tsx';
import { HistoryCard } from './history.tsx';
import { usePageLanguage } from './language.tsx';
import { deviceView } from './model/device-view.ts';
import { SettingsCard } from './settings.tsx';

export interface PageProps extends Omit<Device, 'status'> {
  /** Tells of every change, and returns the way to stop listening. */
  readonly subscribe: (listener: (detail: StatusDetail) => void) => () => void;
}

function SignInCard({ refresh, commands }: Pick<PageProps, 'refresh' | 'commands'>): JSX.Element {
  const language = usePageLanguage();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const session = useAsked(commands.session, undefined);
  const onSignIn = async (password: string, code?: string): Promise<void> => {
    setBusy(true);
    const answer = await commands.signIn(password, code);
    setProblem(answer.ok ? undefined : answer.error);
    setBusy(false);
    if (answer.ok) await refresh();
  };
  const { signIn: words } = language.words;
  const isNew = session.value?.setUp === true;
  return (
    <section class="card sign-in-card" aria-labelledby="sign-in">
      <h2 id="sign-in">{words.heading}</h2>
      <SignIn
        hint={isNew ? words['no-password'] : words.explain}
        isNew={isNew}
        mistake={problem === undefined ? undefined : signInMistake(problem, language)}
        isBusy={isBusy}
        onSignIn={(password, code) => void onSignIn(password, code)}
      />
    </section>
  );
}

function DeviceFacts({ device }: { readonly device: Device }): JSX.Element {
  return <Facts facts={deviceView(device.status, usePageLanguage())} />;
}

export function Page({ subscribe, ...rest }: PageProps): JSX.Element {
  const language = usePageLanguage();
  const [detail, setDetail] = useState<StatusDetail>();
  useEffect(() => subscribe(setDetail), [subscribe]);
  const { page } = language;
  if (detail?.state === 'signed-out') return <SignInCard {...rest} />;
  if (detail?.status === undefined) return <p class="meta">{detail?.label ?? page.card.loading}</p>;
  const device: Device = { ...rest, status: detail.status };
  return (
    <>
      <Card id="device" title={page.device.title}>
        <DeviceFacts device={device} />
      </Card>
      <Card id="settings" title={page.settings.title}>
        <SettingsCard device={device} />
      </Card>
      <Card id="file" title={page.file.title}>
        <FileCard device={device} />
      </Card>
      <Card id="history" title={page.history.title}>
        <HistoryCard device={device} />
      </Card>
      <Card id="access" title={page.access.title}>
        <Access device={device} />
      </Card>
    </>
  );
}

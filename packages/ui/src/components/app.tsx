/** Joins chip and modal to one device. The modal's being open is the only state of its own. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks';
import { chipView } from '../model/chip-view.ts';
import type { Language } from '../model/language.ts';
import type { Situation } from '../model/situation.ts';
import type { Updates } from '../model/updates.ts';
import { announcementOf, viewOf } from '../model/view-model.ts';
import { signInMistake } from '../model/words.ts';
import { Chip } from './chip.tsx';
import { Speaking } from './language.tsx';
import { Modal } from './modal.tsx';

/** Milliseconds between two looks at the clock: often enough for seconds, or for "5 minutes ago". */
const TICK = { working: 1000, idle: 20_000 } as const;

function isCounting({ status, link }: Situation): boolean {
  return (status?.transaction ?? null) !== null || link.kind !== 'live';
}

/** Renders again when the situation changes, and when time has passed that is shown. */
function useSituation(updates: Updates): Situation {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => updates.subscribe(() => again(undefined)), [updates]);
  const situation = updates.situation();
  const pace = isCounting(situation) ? TICK.working : TICK.idle;
  useEffect(() => {
    const timer = setInterval(() => again(undefined), pace);
    return () => clearInterval(timer);
  }, [pace]);
  return situation;
}

/**
 * Whether the dialog that a click has opened was drawn, so that what fills it may be made now: the click is answered by then. A dialog
 * that nobody clicked for is filled from the beginning.
 */
function useDrawn(isOpen: boolean): boolean {
  const [isDrawn, setDrawn] = useState(isOpen);
  useLayoutEffect(() => {
    if (!isOpen) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // What waits for a frame runs before it is drawn; a timer that it sets runs after.
    const frame = requestAnimationFrame(() => {
      timer = setTimeout(() => setDrawn(true));
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      setDrawn(false);
    };
  }, [isOpen]);
  return isOpen && isDrawn;
}

export interface AppProps {
  readonly updates: Updates;
  readonly language: Language;
  /** The browser's clock in milliseconds. */
  readonly now: () => number;
  /** The address of settings and history; empty where there is no way to them. */
  readonly page: string;
  readonly isOpenAtFirst: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}

export function App({
  updates,
  language,
  now,
  page,
  isOpenAtFirst,
  onOpenChange,
}: AppProps): JSX.Element {
  const situation = useSituation(updates);
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  const chipButton = useRef<HTMLButtonElement>(null);
  const isDrawn = useDrawn(isOpen);
  useLayoutEffect(() => {
    if (!isOpen) return undefined;
    // The browser returns the focus only where it was before; after a reload it was nowhere.
    return () => chipButton.current?.focus();
  }, [isOpen]);
  const { status, link, log, pending, problem } = situation;
  const chip = chipView(situation, now(), language);
  // The form is small, and a phone shows its keyboard only for what has the focus at the touch itself.
  const isFilled = isDrawn || (isOpen && link.kind === 'signed-out');
  const modal = isFilled ? viewOf(situation, now(), language).modal : undefined;
  const announcement = announcementOf(situation, now(), language);
  const { offered, transaction } = status ?? {};

  const show = (next: boolean): void => {
    setOpen(next);
    onOpenChange(next);
    if (next) return;
    updates.closeLog();
    updates.dismiss();
  };

  return (
    <Speaking value={language}>
      <Chip chip={chip} isOpen={isOpen} button={chipButton} onClick={() => show(true)} />
      {isOpen ? (
        <Modal
          modal={modal}
          announcement={announcement}
          log={log}
          page={page}
          readNotes={updates.readNotes}
          isBusy={pending !== undefined}
          mistake={
            problem?.command === 'sign-in' ? signInMistake(problem.error, language) : undefined
          }
          onClose={() => show(false)}
          onCheck={() => void updates.check()}
          onInstall={() => offered && void updates.install(offered)}
          onDownload={() => offered && void updates.download(offered)}
          onTick={(duty, isDone) => offered && updates.tick(offered, duty, isDone)}
          onSkip={() =>
            offered && void updates.skip(modal?.actions.isSkipped === true ? null : offered.version)
          }
          onCancel={() => transaction && void updates.cancel(transaction.id)}
          onRollBack={() => void updates.rollBack()}
          onVerify={() => void updates.verify()}
          onRepair={() => void updates.repair()}
          onToggleLog={() => {
            if (log === undefined) void updates.openLog();
            else updates.closeLog();
          }}
          onSignIn={(password, code) => void updates.signIn(password, code)}
        />
      ) : null}
      <output class="unseen">{isOpen ? '' : announcement}</output>
    </Speaking>
  );
}

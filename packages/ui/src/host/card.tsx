/** One part of the page, which fails alone: an error in it, and an answer that does not come, take nothing else with them. */
import type { ComponentChildren, JSX, Ref } from 'preact';
import { useCallback, useEffect, useErrorBoundary, useRef, useState } from 'preact/hooks';
import type { Answer } from '../model/call.ts';
import type { Problem } from '../model/situation.ts';
import { problemSentence } from '../model/words.ts';
import { Icon } from '../components/icon.tsx';
import { usePageLanguage } from './language.tsx';

interface Props {
  readonly id: string;
  readonly title: string;
  readonly children: ComponentChildren;
}

/** What had the focus may go with what it began. The heading takes it then: whoever uses the keyboard must not be thrown out. */
function useKeptFocus(): {
  readonly card: Ref<HTMLElement>;
  readonly title: Ref<HTMLHeadingElement>;
} {
  const [card, title] = [useRef<HTMLElement>(null), useRef<HTMLHeadingElement>(null)];
  useEffect(() => {
    const { current: element } = card;
    if (element === null) return undefined;
    let last: EventTarget | null = null;
    const onFocus = ({ target }: FocusEvent): void => {
      last = target;
    };
    const observer = new MutationObserver(() => {
      if (!(last instanceof Element) || last.isConnected) return;
      last = null;
      // Something else may have taken it.
      if (document.activeElement === document.body) title.current?.focus({ preventScroll: true });
    });
    element.addEventListener('focusin', onFocus);
    observer.observe(element, { childList: true, subtree: true });
    return () => {
      element.removeEventListener('focusin', onFocus);
      observer.disconnect();
    };
  }, []);
  return { card, title };
}

export function Card({ id, title, children }: Props): JSX.Element {
  const { card } = usePageLanguage().page;
  const [error] = useErrorBoundary();
  const kept = useKeptFocus();
  return (
    <section class="card" ref={kept.card} aria-labelledby={id}>
      <h2 id={id} ref={kept.title} tabIndex={-1}>
        {title}
      </h2>
      {error === undefined ? children : <Mistake text={`${card.crashed}. ${card.crashedToDo}`} />}
    </section>
  );
}

/** Always there, so that a screen reader hears what comes into it. */
export function Mistake({ text }: { readonly text: string | undefined }): JSX.Element {
  return (
    <p class="mistake" role="alert">
      {text}
    </p>
  );
}

export interface Asked<T> {
  readonly value: T | undefined;
  readonly problem: Problem | undefined;
  readonly again: () => Promise<void>;
}

/** Asks at once, and again whenever `about` is another. What was answered before stays until then. */
export function useAsked<T>(ask: () => Promise<Answer<T>>, about: unknown): Asked<T> {
  const [value, setValue] = useState<T>();
  const [problem, setProblem] = useState<Problem>();
  const latest = useRef(ask);
  latest.current = ask;
  const turn = useRef(0);
  const again = useCallback(async () => {
    turn.current += 1;
    const own = turn.current;
    const answer = await latest.current();
    if (own !== turn.current) return;
    if (answer.ok) setValue(answer.value);
    setProblem(answer.ok ? undefined : answer.error);
  }, []);
  useEffect(() => {
    void again();
    return () => {
      turn.current += 1;
    };
  }, [again, about]);
  return { value, problem, again };
}

interface WaitingProps {
  readonly asked: Asked<unknown>;
}

/** In the place of what was asked for, or above it when it could not be had anew. */
export function Waiting({ asked: { value, problem, again } }: WaitingProps): JSX.Element | null {
  const language = usePageLanguage();
  const words = language.page.card;
  if (problem !== undefined) {
    return (
      <div class="failed">
        <p role="alert">
          <Icon name="warning" />
          <span>{problemSentence(problem, language)}</span>
        </p>
        <button type="button" class="plain" onClick={() => void again()}>
          {words.again}
        </button>
      </div>
    );
  }
  return value === undefined ? <p class="meta">{words.loading}</p> : null;
}

/**
 * The gallery page: every story as a chip, a live mock of a whole update, and any story alone by its address
 * (`?story=available&modal=open&theme=dark`); the page in each of its states (`?page=usual`).
 */
import { render, type JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { loadLanguage } from '../catalogue/load-language.ts';
import { filling } from '../filling.tsx';
import { createApp } from '../frame/app.ts';
import { makeSheet } from '../frame/dom.ts';
import { loadPageLanguage } from '../host/catalogue/load-page-language.ts';
import { SpeakingPage } from '../host/language.tsx';
import { Page } from '../host/page.tsx';
import type { Situation } from '../model/situation.ts';
import type { Language } from '../model/language.ts';
import { createUpdates, type Updates } from '../model/updates.ts';
import css from '../style.css?inline';
import { createMockDevice } from './mock-device.ts';
import { pageStories, type PageStory } from './page-stories.ts';
import { LOG, NOTES, stories, STORY_NOW } from './stories.ts';

const sheet = makeSheet(css);

const nothing = (): Promise<void> => Promise.resolve();

/** A device that never changes, but for what belongs to the page itself: the log, and what is ticked. */
function stillUpdates(situation: Situation): Updates {
  const listeners = new Set<() => void>();
  let shown = situation;
  const set = (change: Partial<Situation>): void => {
    shown = { ...shown, ...change };
    for (const listener of listeners) listener();
  };
  return {
    situation: () => shown,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: () => undefined,
    stop: () => undefined,
    rest: () => undefined,
    refresh: nothing,
    check: nothing,
    install: nothing,
    download: nothing,
    cancel: nothing,
    rollBack: nothing,
    verify: nothing,
    repair: nothing,
    readNotes: () => Promise.resolve(NOTES),
    skip: nothing,
    tick({ manifestSha256: of }, duty, isDone) {
      const others = (shown.ticked?.duties ?? []).filter((each) => each !== duty);
      set({ ticked: { of, duties: isDone ? [...others, duty] : others } });
    },
    openLog: () =>
      Promise.resolve(set({ log: { transaction: '20261123T115800Z-4f2a9c', lines: LOG } })),
    closeLog: () => set({ log: undefined }),
    dismiss: () => undefined,
    signIn: nothing,
    signOut: nothing,
  };
}

function liveUpdates(): Updates {
  const first = stories['available']?.status;
  if (first === undefined) throw new Error('there is no story to begin from');
  const device = createMockDevice(first, 250);
  const updates = createUpdates({ base: '', now: Date.now, ...device });
  updates.start();
  return updates;
}

/** No language here runs from right to left yet; the layout must be ready for one. */
async function readLanguage(): Promise<Language> {
  const { lang, dir } = document.documentElement;
  const language = await loadLanguage(lang);
  return dir === 'rtl' ? { ...language, words: { ...language.words, direction: dir } } : language;
}

async function mount(host: Element, name: string, isOpen: boolean): Promise<void> {
  const situation = stories[name];
  const root = host.attachShadow({ mode: 'open', delegatesFocus: true });
  root.adoptedStyleSheets = [sheet];
  const language = await readLanguage();
  createApp({
    root,
    updates: situation === undefined ? liveUpdates() : stillUpdates(situation),
    language,
    dialog: {
      value: () => ({ filling, language }),
      failures: () => 0,
      begin: () => undefined,
      hurry: () => undefined,
    },
    now: situation === undefined ? Date.now : () => STORY_NOW,
    page: '/updates/',
    isOpenAtFirst: isOpen,
    onOpenChange: () => undefined,
    onReload: () => location.reload(),
  });
}

function Story({ name }: { readonly name: string }): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (host.current !== null) void mount(host.current, name, false);
  }, [name]);
  return (
    <li>
      <a href={`?story=${name}&modal=open`}>{name}</a>
      <div ref={host} />
    </li>
  );
}

const query = new URLSearchParams(location.search);
const page = document.querySelector('#page');
const chip = document.querySelector('#chip');
document.documentElement.dataset['theme'] = query.get('theme') ?? '';
document.documentElement.lang = query.get('lang') ?? 'en';
document.documentElement.dir = query.get('dir') ?? 'ltr';
const story = query.get('story');
const pageStory = pageStories[query.get('page') ?? ''];

async function mountPage({ detail, commands }: PageStory, root: Element): Promise<void> {
  const language = await loadPageLanguage(document.documentElement.lang);
  render(
    <SpeakingPage language={language}>
      <Page
        subscribe={(listener) => {
          listener(detail);
          return () => undefined;
        }}
        commands={commands}
        now={() => STORY_NOW}
        refresh={nothing}
        open={() => undefined}
        signOut={() => undefined}
      />
    </SpeakingPage>,
    root,
  );
}

if (page !== null && chip !== null) {
  void mount(chip, story ?? 'live', query.get('modal') === 'open');
  if (pageStory !== undefined) void mountPage(pageStory, page);
  else if (story === null) {
    render(
      <>
        <ul class="stories">
          {Object.keys(stories).map((name) => (
            <Story key={name} name={name} />
          ))}
        </ul>
        <ul class="stories">
          {Object.keys(pageStories).map((name) => (
            <li key={name}>
              <a href={`?story=up-to-date&page=${name}`}>page: {name}</a>
            </li>
          ))}
        </ul>
      </>,
      page,
    );
  }
}

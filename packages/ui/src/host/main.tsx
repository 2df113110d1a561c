/** Entry of the page: registers the element, and renders what is below the top bar. */
import { render } from 'preact';
import { createCommands } from '../model/commands.ts';
import { PikitUpdates, type StatusDetail } from '../element.ts';
import { loadPageLanguage } from './catalogue/load-page-language.ts';
import { SpeakingPage } from './language.tsx';
import { createLateReload } from './model/late-reload.ts';
import { createPageCommands, type SendFile } from './model/page-commands.ts';
import { Page, type PageProps } from './page.tsx';

const sendFile: SendFile = (url, file, { onSent, signal }) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    request.setRequestHeader('content-type', 'application/x-tar');
    request.upload.addEventListener('progress', ({ loaded }) => onSent(loaded));
    request.addEventListener('load', () => {
      const type = request.getResponseHeader('content-type') ?? '';
      const { status, responseText } = request;
      resolve(new Response(responseText, { status, headers: { 'content-type': type } }));
    });
    request.addEventListener('error', reject);
    request.addEventListener('abort', reject);
    signal.addEventListener('abort', () => request.abort());
    request.send(file);
  });

/** The first of the reader's languages that there is. */
const tag = navigator.languages.find((each) => /^(?:en|de)\b/i.test(each)) ?? 'en';
const root = document.querySelector('#page');
const element = document.querySelector('pikit-updates');

/** The element tells of each change once, and may do so before there is a page. */
function listenTo(speaker: PikitUpdates): PageProps['subscribe'] {
  const listeners = new Set<(detail: StatusDetail) => void>();
  let latest: StatusDetail | undefined;
  speaker.addEventListener('pikit-status', (event) => {
    if (!(event instanceof CustomEvent)) return;
    latest = event.detail as StatusDetail;
    for (const listener of listeners) listener(latest);
  });
  return (listener) => {
    listeners.add(listener);
    if (latest !== undefined) listener(latest);
    return () => listeners.delete(listener);
  };
}

/** A token that is shown once, a file on its way, a form that somebody has begun. */
function holdsWork(page: ParentNode): boolean {
  const fields = [...page.querySelectorAll<HTMLInputElement>('.fields input')];
  return page.querySelector('.once, .sending') !== null || fields.some(({ value }) => value !== '');
}

if (root !== null && element instanceof PikitUpdates) {
  const subscribe = listenTo(element);
  const holds = (): boolean => holdsWork(root);
  const beforeReload = createLateReload({ holds, reload: () => location.reload() });
  element.addEventListener('pikit-reload', beforeReload);
  document.documentElement.lang = tag;
  element.lang = tag;
  const api = {
    base: element.getAttribute('base') ?? '/api',
    fetch: (input: RequestInfo | URL, init?: RequestInit) => fetch(input, init),
  };
  const commands = { ...createCommands(api), ...createPageCommands({ ...api, send: sendFile }) };
  const language = await loadPageLanguage(tag);
  document.title = `Pi-Kit · ${language.words.page}`;
  render(
    <SpeakingPage language={language}>
      <Page
        subscribe={subscribe}
        commands={commands}
        now={Date.now}
        refresh={() => element.refresh()}
        open={() => element.open()}
        signOut={() => void element.signOut()}
      />
    </SpeakingPage>,
    root,
  );
}

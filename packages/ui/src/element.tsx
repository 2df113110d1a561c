/**
 * `<pikit-updates base="/api">`: chip and modal for any page. Attributes: `base`, the path of the api; `page`, where settings and
 * history are, empty to show no way there; `reload-on-update="off"` leaves the page alone after an update has replaced its files. Events: `pikit-status` with every change; `pikit-reload`,
 * cancelable, before a reload. Putting it into a page only begins to read.
 */
import { render } from 'preact';
import { App } from './components/app.tsx';
import type { Language } from './model/language.ts';
import { loadLanguage } from './catalogue/load-language.ts';
import { createUpdates, type Updates } from './model/updates.ts';
import { viewOf, type View } from './model/view-model.ts';
import { createPageReload } from './page-reload.ts';
import type { Situation } from './model/situation.ts';
import css from './style.css?inline';

/** The detail of `pikit-status`. */
export interface StatusDetail {
  readonly state: View['chip']['state'];
  readonly label: string;
  readonly percent: number | undefined;
  readonly status: Situation['status'];
}

const OPEN_KEY = 'pikit-updates:open';

/** Whether the modal was open before this page reloaded itself. Asking forgets it. */
function takeOpenMark(): boolean {
  try {
    const isSet = sessionStorage.getItem(OPEN_KEY) !== null;
    sessionStorage.removeItem(OPEN_KEY);
    return isSet;
  } catch {
    // because a browser may forbid storage altogether; the modal then stays closed.
    return false;
  }
}

function setOpenMark(): void {
  try {
    sessionStorage.setItem(OPEN_KEY, '1');
  } catch {
    // because a browser may forbid storage altogether; the modal then stays closed.
  }
}

/** The page's own text, past every cache; undefined while its server restarts. */
async function fetchPage(): Promise<string | undefined> {
  try {
    const response = await fetch(location.href, { cache: 'no-store' });
    return response.ok ? await response.text() : undefined;
  } catch {
    // because the server of the page may be one of the services that restart.
    return undefined;
  }
}

function shownAssets(): readonly string[] {
  const scripts = [...document.querySelectorAll<HTMLScriptElement>('script[src]')];
  const styles = [...document.querySelectorAll<HTMLLinkElement>('link[rel~="stylesheet"][href]')];
  return [...scripts.map(({ src }) => src), ...styles.map(({ href }) => href)];
}

const sheet = new CSSStyleSheet();
sheet.replaceSync(css);

export class PikitUpdates extends HTMLElement {
  readonly #root = this.attachShadow({ mode: 'open', delegatesFocus: true });
  #updates: Updates | undefined;
  #leave: AbortController | undefined;
  #isOpen = false;

  static readonly observedAttributes = ['base', 'page', 'lang'];

  connectedCallback(): void {
    this.#root.adoptedStyleSheets = [sheet];
    const leave = new AbortController();
    this.#leave = leave;
    const tag = (this.closest('[lang]')?.getAttribute('lang') ?? '') || 'en';
    void loadLanguage(tag).then((language) => {
      if (!leave.signal.aborted) this.#begin(language, leave.signal);
    });
  }

  disconnectedCallback(): void {
    this.#leave?.abort();
    this.#updates?.stop();
    this.#updates = undefined;
    render(null, this.#root);
  }

  attributeChangedCallback(_name: string, before: string | null, now: string | null): void {
    // Not yet in a page: it reads them when it comes into one.
    if (before === now || this.#leave === undefined || !this.isConnected) return;
    this.disconnectedCallback();
    this.connectedCallback();
  }

  /** For a page with a status refresh of its own: asks for the status now. */
  async refresh(): Promise<void> {
    await this.#updates?.refresh();
  }

  /** Opens the details, as a click on the chip does. */
  open(): void {
    this.#root.querySelector<HTMLElement>('.chip')?.click();
  }

  /** Ends the session of this browser. */
  async signOut(): Promise<void> {
    await this.#updates?.signOut();
  }

  #begin(language: Language, signal: AbortSignal): void {
    const updates = createUpdates({
      base: (this.getAttribute('base') ?? '/api').replace(/\/+$/, ''),
      fetch: (input, init) => fetch(input, init),
      openEvents: (url) => new EventSource(url),
      now: Date.now,
    });
    this.#updates = updates;
    this.#isOpen = takeOpenMark();
    this.#listen(updates, language, signal);
    render(
      <App
        updates={updates}
        language={language}
        now={Date.now}
        page={this.getAttribute('page') ?? '/updates/'}
        isOpenAtFirst={this.#isOpen}
        onOpenChange={(isOpen) => {
          this.#isOpen = isOpen;
        }}
      />,
      this.#root,
    );
    updates.start();
  }

  #listen(updates: Updates, language: Language, signal: AbortSignal): void {
    const reload = createPageReload({
      fetchPage,
      pageUrl: () => location.href,
      shownAssets,
      reload: () => this.#reload(),
    });
    const leave = updates.subscribe(() => {
      const situation = updates.situation();
      const { state, label, percent } = viewOf(situation, Date.now(), language).chip;
      const detail: StatusDetail = { state, label, percent, status: situation.status };
      this.dispatchEvent(
        new CustomEvent('pikit-status', { detail, bubbles: true, composed: true }),
      );
      if (this.getAttribute('reload-on-update') !== 'off') void reload.observe(situation);
    });
    signal.addEventListener('abort', leave);
    const wakeUp = (): void => {
      if (document.visibilityState === 'visible') void updates.refresh();
    };
    // A laptop that was asleep, a phone that changed its network.
    document.addEventListener('visibilitychange', wakeUp, { signal });
    addEventListener('online', wakeUp, { signal });
  }

  #reload(): void {
    const options = { bubbles: true, composed: true, cancelable: true };
    if (!this.dispatchEvent(new CustomEvent('pikit-reload', options))) return;
    if (this.#isOpen) setOpenMark();
    location.reload();
  }
}

if (customElements.get('pikit-updates') === undefined) {
  customElements.define('pikit-updates', PikitUpdates);
}

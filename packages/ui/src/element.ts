/**
 * `<pikit-updates base="/api">`: chip and dialog for any page; docs/embed.md says how. Its attributes may change while it lives,
 * and it may come and go. Putting it into a page only begins to read. What fills the dialog comes later, in a file of its own.
 */
import { loadChipLanguage } from './catalogue/load-language.ts';
import { createApp, type App } from './frame/app.ts';
import { makeSheet } from './frame/dom.ts';
import { createLazy, type Lazy } from './lazy.ts';
import { loadDialog, type Dialog } from './load-dialog.ts';
import { chipView, type ChipView } from './model/chip-view.ts';
import type { ChipLanguage } from './model/language.ts';
import type { Situation } from './model/situation.ts';
import { createUpdates, type Updates } from './model/updates.ts';
import { createPageReload } from './page-reload.ts';
import { ELEMENT_VERSION } from './version.ts';
import css from './style.css?inline';

/** The detail of `pikit-status`. */
export interface StatusDetail {
  readonly state: ChipView['state'];
  readonly label: string;
  readonly percent: number | undefined;
  readonly status: Situation['status'];
}

const OPEN_KEY = 'pikit-updates:open';

/** Whether the modal was open before this page reloaded itself. Asking forgets it. */
function takeOpenMark(): boolean {
  // The page stands still until the browser has fetched its storage: only where there may be something in it.
  const [visit] = performance.getEntriesByType('navigation');
  if ((visit as PerformanceNavigationTiming | undefined)?.type !== 'reload') return false;
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

/** What lies there now, past every cache; undefined while its server restarts. */
async function fetchNow<T>(url: string, read: (answer: Response) => Promise<T>) {
  try {
    const response = await fetch(url, { cache: 'no-store' });
    return response.ok ? await read(response) : undefined;
  } catch {
    // because the server may be one of the services that restart.
    return undefined;
  }
}

async function versionIn(health: Response): Promise<string | undefined> {
  const { version } = (await health.json()) as { readonly version?: string };
  return version;
}

/** Absolute addresses of the scripts and style sheets that a page names. */
function assetsOf(page: Document): readonly string[] {
  const found = page.querySelectorAll<HTMLScriptElement | HTMLLinkElement>(
    'script[src], link[rel~="stylesheet"][href]',
  );
  return [...found].map((each) => ('src' in each ? each.src : each.href));
}

/** Of the page as the server has it now. The browser reads it as it has read this one, and runs nothing of it. */
async function servedAssets(page: Response): Promise<readonly string[]> {
  return assetsOf(new DOMParser().parseFromString(await page.text(), 'text/html'));
}

/** Milliseconds after which it is begun in any case, and where a browser cannot tell (Safari). */
const IDLE = { timeout: 4000, fallback: 1000 } as const;

function whenIdle(begin: () => void): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(begin, { timeout: IDLE.timeout });
  else setTimeout(begin, IDLE.fallback);
}

/**
 * Milliseconds after which a page that nobody sees listens no more: a browser has six lines to one device over http, which forgotten
 * tabs would take from the dashboard itself, and the agent does not sleep while somebody listens.
 */
const REST_MS = 60_000;

const sheet = makeSheet(css);

export class PikitUpdates extends HTMLElement {
  readonly #root = this.attachShadow({ mode: 'open', delegatesFocus: true });
  #updates: Updates | undefined;
  #app: App | undefined;
  #leave: AbortController | undefined;
  #isOpen = false;

  static readonly observedAttributes = ['base', 'page', 'lang'];

  connectedCallback(): void {
    this.#root.adoptedStyleSheets = [sheet];
    const leave = new AbortController();
    this.#leave = leave;
    const tag = (this.closest('[lang]')?.getAttribute('lang') ?? '') || 'en';
    void loadChipLanguage(tag).then((language) => {
      if (!leave.signal.aborted) this.#begin(language, leave.signal);
    });
  }

  disconnectedCallback(): void {
    this.#leave?.abort();
    this.#updates?.stop();
    this.#updates = undefined;
    this.#app?.stop();
    this.#app = undefined;
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

  #isSignedOut(): boolean {
    return this.#updates?.situation().link.kind === 'signed-out';
  }

  #apiPath(): string {
    return (this.getAttribute('base') ?? '/api').replace(/\/+$/, '');
  }

  #begin(language: ChipLanguage, signal: AbortSignal): void {
    const updates = createUpdates({
      base: this.#apiPath(),
      fetch: (input, init) => fetch(input, init),
      openEvents: (url) => new EventSource(url),
      now: Date.now,
    });
    this.#updates = updates;
    this.#isOpen = takeOpenMark();
    const dialog = createLazy({
      fetch: (attempt) => loadDialog(language, attempt),
      isUrgent: () => this.#isOpen,
      onChange: () => this.#app?.show(),
      signal,
    });
    this.#listen(updates, language, dialog, signal);
    this.#app = createApp({
      root: this.#root,
      updates,
      language,
      dialog,
      now: Date.now,
      page: this.getAttribute('page') ?? '/updates/',
      isOpenAtFirst: this.#isOpen,
      onOpenChange: (isOpen) => {
        this.#isOpen = isOpen;
      },
      onReload: () => this.#loadPage(),
    });
    updates.start();
  }

  #listen(
    updates: Updates,
    language: ChipLanguage,
    dialog: Lazy<Dialog>,
    signal: AbortSignal,
  ): void {
    const reload = createPageReload({
      fetchAssets: () => fetchNow(location.href, servedAssets),
      fetchVersion: () => fetchNow(`${this.#apiPath()}/health`, versionIn),
      ownVersion: ELEMENT_VERSION,
      shownAssets: () => assetsOf(document),
      reload: () => this.#reload(),
    });
    let isPlanned = false;
    const leave = updates.subscribe(() => {
      const situation = updates.situation();
      // While the device answers: later, when its services restart, there may be no way to it.
      const { kind } = situation.link;
      if (!isPlanned && (kind === 'live' || kind === 'signed-out')) {
        isPlanned = true;
        whenIdle(dialog.begin);
      }
      const { state, label, percent } = chipView(situation, Date.now(), language);
      const detail: StatusDetail = { state, label, percent, status: situation.status };
      this.dispatchEvent(
        new CustomEvent('pikit-status', { detail, bubbles: true, composed: true }),
      );
      if (this.getAttribute('reload-on-update') !== 'off') void reload.observe(situation);
    });
    signal.addEventListener('abort', leave);
    // Who signs in at one of two elements of a page is signed in at the other.
    document.addEventListener(
      'pikit-status',
      ({ target }) => {
        const isOther = target instanceof PikitUpdates && target !== this;
        if (isOther && !target.#isSignedOut() && this.#isSignedOut()) void updates.refresh();
      },
      { signal },
    );
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onSight = (): void => {
      clearTimeout(timer);
      // Anew: the stream of a phone that was asleep is dead, and mostly does not know.
      if (document.hidden) timer = setTimeout(updates.rest, REST_MS);
      else updates.start();
    };
    document.addEventListener('visibilitychange', onSight, { signal });
    addEventListener('online', onSight, { signal });
    signal.addEventListener('abort', () => clearTimeout(timer));
    // An open stream does not notice: asking does, and the person is told at once.
    addEventListener('offline', () => void updates.refresh(), { signal });
  }

  #reload(): void {
    const options = { bubbles: true, composed: true, cancelable: true };
    if (this.dispatchEvent(new CustomEvent('pikit-reload', options))) this.#loadPage();
  }

  #loadPage(): void {
    if (this.#isOpen) setOpenMark();
    location.reload();
  }
}

if (customElements.get('pikit-updates') === undefined) {
  customElements.define('pikit-updates', PikitUpdates);
}

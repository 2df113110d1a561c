/**
 * One page of a browser that is not Chromium, driven as WebDriver (https://www.w3.org/TR/webdriver2/) says. Ours, because the
 * libraries bring builds of the browsers or want a driver for Firefox that Debian does not have, and this needs four commands. It
 * reads a page as a person does: by the words that can be seen, through all shadows.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../../support/wait-for.ts';

/** A command and its parameters; resolves with the `value` of the answer, rejects with what the browser says. */
export interface Wire {
  readonly open: (url: string) => Promise<unknown>;
  readonly run: (script: string, args: readonly unknown[]) => Promise<unknown>;
  readonly click: (element: string) => Promise<unknown>;
  readonly type: (element: string, text: string) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

export interface Engine {
  readonly open: (url: string) => Promise<void>;
  /** The body of a function, which ends with `return`. */
  readonly run: <T>(script: string, ...args: readonly unknown[]) => Promise<T>;
  /** Waits for the button or link of these words, which has to be live, and clicks at the middle of it. */
  readonly press: (words: RegExp) => Promise<void>;
  /** Into the field of this label. */
  readonly fill: (label: string, text: string) => Promise<void>;
  /** Waits until these words can be seen. */
  readonly reads: (words: RegExp) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** `innerText` leaves out what is not shown, but stops at each shadow. */
const LOOK = `
  const everything = (root) =>
    [...root.querySelectorAll('*')].flatMap((at) => [at, ...(at.shadowRoot ? everything(at.shadowRoot) : [])]);
  const shown = everything(document).filter((at) => at.checkVisibility({ visibilityProperty: true }));
  const nameOf = (at) => (at.getAttribute('aria-label') ?? at.innerText ?? '').replaceAll(/\\s+/g, ' ').trim();
`;
const PRESSABLE = `${LOOK}
  const words = new RegExp(arguments[0]);
  return shown.find((at) => at.matches('button:enabled:not([aria-disabled="true"]), a[href]') && words.test(nameOf(at))) ?? null;`;
const FIELD = `${LOOK}
  return shown.find((at) => at.matches('input') && at.labels[0]?.innerText.trim() === arguments[0]) ?? null;`;
const TEXT = `${LOOK}
  const roots = [document.body, ...shown.flatMap((at) => [...(at.shadowRoot?.children ?? [])])];
  return roots.map((at) => at.innerText ?? '').join('\\n');`;

/** By which WebDriver hands an element over. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/** Two clicks at one place within this time are a double click, of which our buttons take the first alone. */
const DOUBLE_CLICK_MS = 1000;

export function createEngine(wire: Wire): Engine {
  const run = async <T>(script: string, ...args: readonly unknown[]): Promise<T> =>
    (await wire.run(script, args)) as T;

  let lastClick = -Infinity;
  const click = async (element: string): Promise<void> => {
    await sleep(Math.max(0, lastClick + DOUBLE_CLICK_MS - performance.now()));
    await wire.click(element);
    lastClick = performance.now();
  };

  const found = (what: string, script: string, words: string): Promise<string> =>
    waitFor(what, async () => (await run<Record<string, string> | null>(script, words))?.[ELEMENT]);

  return {
    run,
    open: async (url) => void (await wire.open(url)),
    press: async (words) =>
      // What is rendered anew between the look and the click is looked for again.
      void (await waitFor(`a click on ${String(words)}`, async () => {
        await click(await found(`the button ${String(words)}`, PRESSABLE, words.source));
        return true;
      })),
    fill: async (label, text) =>
      void (await wire.type(await found(`the field ${label}`, FIELD, label), text)),
    reads: async (words) =>
      void (await waitFor(`the words ${String(words)}`, async () => words.test(await run(TEXT)))),
    close: () => wire.close(),
  };
}

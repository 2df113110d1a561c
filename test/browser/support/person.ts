/**
 * What somebody has before them: one page of a browser, read as they read it, by roles and names. It never looks into the
 * element's inside.
 */
import type { BrowserContextOptions, Browser, Locator, Page } from 'playwright-core';
import { collectErrors } from './chromium.ts';
import { arePicturesWanted, takePicture } from './pictures.ts';
import { violationsOn } from './violations.ts';

const WIDE = { width: 1280, height: 800 };
const PATIENCE_MS = 60_000;

/** Chromium itself writes each answer of 400 and more into the console, and each that never came. No page can hinder it. */
const NETWORK = /^Failed to load resource: /;

export interface Person {
  readonly page: Page;
  readonly button: (name: string | RegExp) => Locator;
  readonly dialog: () => Locator;
  readonly heading: (name: string | RegExp) => Locator;
  /** The button in the top bar, by what it says. */
  readonly chip: (state: string | RegExp) => Locator;
  /** Anything in the dialog that says so. */
  readonly reads: (text: string | RegExp) => Promise<void>;
  /** What has the focus, by its words; empty for nothing. */
  readonly focused: () => Promise<string>;
  /** Opens the dialog and signs in there. */
  readonly signIn: (password: string) => Promise<void>;
  /** Errors in the console, and exceptions that nobody caught. */
  readonly complaints: () => readonly string[];
  /** The same without what Chromium says of the network: for a test that takes the network or the server away. */
  readonly complaintsOfThePage: () => readonly string[];
  /** Where pictures are wanted: in the width of a phone and of a desk. */
  readonly photograph: (name: string) => Promise<void>;
  /** In both themes: no violation, and a picture of each where pictures are wanted. */
  readonly looksRight: (name: string) => Promise<void>;
}

export async function createPerson(
  browser: Browser,
  folder: string,
  options: BrowserContextOptions = {},
): Promise<Person> {
  const context = await browser.newContext({
    viewport: WIDE,
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  return personAt(await context.newPage(), folder);
}

/** For a page that is there already, a second tab for example. */
export function personAt(page: Page, folder: string): Person {
  const errors = collectErrors(page);
  const viewport = page.viewportSize() ?? WIDE;
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
  const dialog = () => page.getByRole('dialog');

  const photograph = async (name: string): Promise<void> => {
    if (!arePicturesWanted) return;
    for (const width of [WIDE.width, 360]) {
      await page.setViewportSize({ width, height: WIDE.height });
      await takePicture(page, `${folder}/${name}-${String(width)}`);
    }
    await page.setViewportSize(viewport);
  };

  return {
    page,
    button,
    dialog,
    heading: (name) => dialog().getByRole('heading', { name }),
    chip: (state) => page.getByRole('button', { name: state }),
    reads: (text) => dialog().getByText(text).first().waitFor(),
    focused: () => page.locator('*:focus').last().innerText(),
    async signIn(password) {
      await button('Updates: Sign in').click();
      await dialog().getByLabel('Password').fill(password);
      await dialog().getByRole('button', { name: 'Sign in' }).click();
      await dialog().getByLabel('Password').waitFor({ state: 'detached' });
    },
    complaints: () => errors,
    complaintsOfThePage: () => errors.filter((text) => !NETWORK.test(text)),
    photograph,
    async looksRight(name) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const violations = await violationsOn(page);
        if (violations.length > 0) {
          throw new Error(`${name}, ${colorScheme}: ${violations.join('\n')}`);
        }
        await photograph(`${name}-${colorScheme}`);
      }
    },
  };
}

/** Debian's own Chromium, headless: no browser is downloaded for the tests. */
import { existsSync } from 'node:fs';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';

const EXECUTABLE = '/usr/bin/chromium';

export const hasChromium = existsSync(EXECUTABLE);

/** For the name of a suite, so that a skipped one says why. */
export const CHROMIUM_NOTE = hasChromium ? '' : ` (skipped: ${EXECUTABLE} is not installed)`;

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Everything that the page complains about from now on: errors in its console, and exceptions that nobody caught. */
export function collectErrors(page: Page): readonly string[] {
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  return errors;
}

/** As much of an element as is needed here: these tests are compiled without the types of a browser. */
interface Shown {
  readonly ownerDocument: {
    readonly defaultView: {
      getComputedStyle(of: unknown): { getPropertyValue(name: string): string };
    };
  };
}

/** What the browser has made of a property of this element. */
export function styleOf(locator: Locator, property: string): Promise<string> {
  return locator.evaluate((at: unknown, name) => {
    const { ownerDocument } = at as Shown;
    return ownerDocument.defaultView.getComputedStyle(at).getPropertyValue(name);
  }, property);
}

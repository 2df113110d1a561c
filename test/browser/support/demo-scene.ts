/** The demo with a browser before it, for one file of tests: the real stack, its release server, and as many people as it takes. */
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { createClosers, type Closers } from '../../demo/closers.ts';
import { startDemo, type Demo } from '../../demo/start-demo.ts';
import { createLatch } from '../../support/latch.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { launchChromium } from './chromium.ts';
import { createPerson, type Person } from './person.ts';

export interface DemoScene {
  readonly demo: Demo;
  readonly browser: Browser;
  /** In a browser profile of their own, on the dashboard. */
  readonly someone: (options?: BrowserContextOptions) => Promise<Person>;
  /** The same, with the dialog open. */
  readonly someoneSignedIn: (options?: BrowserContextOptions) => Promise<Person>;
  /** Downloads stop half-way; the returned function lets them go on. */
  readonly holdDownloads: () => () => void;
  readonly close: () => Promise<void>;
}

/** The wanted port, of which the next free one is taken. */
const PORT = 18_520;

/** In a sandbox that goes with it. */
export async function startOwnDemo(closers: Closers): Promise<Demo> {
  const temp = await makeTempDir();
  await closers.add(() => temp.remove());
  return startDemo({
    sandbox: temp.path,
    reset: false,
    port: PORT,
    closers,
    onUnexpectedEnd: (which, words) => process.stderr.write(`${which} ended: ${words}\n`),
  });
}

/** `folder` is for the pictures. */
export async function openDemoScene(folder: string): Promise<DemoScene> {
  const closers = createClosers();
  const demo = await startOwnDemo(closers);
  const browser = await launchChromium();
  await closers.add(() => browser.close());
  const someone = async (options?: BrowserContextOptions): Promise<Person> => {
    const person = await createPerson(browser, folder, options);
    await person.page.goto(demo.url);
    return person;
  };
  return {
    demo,
    browser,
    someone,
    async someoneSignedIn(options) {
      const person = await someone(options);
      await person.signIn(demo.password);
      return person;
    },
    holdDownloads() {
      const latch = createLatch();
      const heal = demo.releaseServer.fault({ path: /tar\.gz$/, heldUntil: latch.opened });
      return () => {
        heal();
        latch.open();
      };
    },
    close: () => closers.closeAll(),
  };
}

/** One look at a page in a browser that is slowed down: what its main thread was busy with, and how soon a click was seen. */
import type { Browser, CDPSession, Page } from 'playwright-core';
import type { PageStage } from './page-stage.ts';

/** As a phone of some years ago is to the machine that measures. */
export const SLOWDOWN = 4;

/** Long after everything has been drawn. */
const QUIET_MS = 2000;
/** How long a person holds a button down, and longer than the page takes to show that the pointer is over it. */
const PRESS_MS = 100;
/** Long after everything that a click begins in the page, and before the answer of the device. */
const CLICK_MS = 700;

async function openSlowPage(browser: Browser): Promise<readonly [Page, CDPSession]> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
  await session.send('Performance.enable');
  return [page, session];
}

/** Milliseconds of the main thread: `script` of what is in `task`, which is layout and painting, too. */
export interface Load {
  readonly script: number;
  readonly task: number;
}

async function loadOf(session: CDPSession): Promise<Load> {
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (wanted: string): number =>
    (metrics.find(({ name }) => name === wanted)?.value ?? 0) * 1000;
  return { script: of('ScriptDuration'), task: of('TaskDuration') };
}

/** From a fresh start until the page has been quiet for a while, with what the element loads when it has time. */
export async function lookAtLoad(
  browser: Browser,
  stage: PageStage,
  which: 'with' | 'without',
): Promise<Load> {
  const [page, session] = await openSlowPage(browser);
  try {
    const isWhole = which === 'with' ? page.waitForRequest(/filling/) : undefined;
    await page.goto(stage.url(which));
    await isWhole;
    // Whoever looks for the chip meanwhile runs scripts of their own in the page.
    await page.waitForTimeout(QUIET_MS);
    const load = await loadOf(session);
    if (which === 'with') await page.getByRole('button', { name: /Update available/ }).waitFor();
    return load;
  } finally {
    await page.context().close();
  }
}

/** From press and from release, whichever takes longer, to the next picture, as the browser itself tells it (Event Timing), in steps of 8 ms. */
const WATCH_CLICKS = `new PerformanceObserver((list) => {
  for (const { interactionId, duration } of list.getEntries()) if (interactionId > 0) clicks.push(duration);
}).observe({ type: 'event', durationThreshold: 16 })`;

/** From the press until all of the dialog was drawn, looked for at every frame. */
const WATCH_DIALOG = `addEventListener('click', ({ timeStamp }) => {
  const { shadowRoot } = document.querySelector('pikit-updates');
  const look = () => {
    if (shadowRoot.querySelector('.foot') === null) requestAnimationFrame(look);
    else setTimeout(() => (globalThis.filled = performance.now() - timeStamp));
  };
  requestAnimationFrame(look);
}, { capture: true, once: true })`;

/** Milliseconds: opening the dialog, all of it, and beginning an update whose answer takes two seconds. */
export interface Clicks {
  readonly open: number;
  readonly filled: number;
  readonly install: number;
}

export async function lookAtClicks(browser: Browser, stage: PageStage): Promise<Clicks> {
  const [page] = await openSlowPage(browser);
  try {
    await page.goto(stage.url('with'));
    await page.evaluate(`globalThis.clicks = []; ${WATCH_CLICKS}; ${WATCH_DIALOG}`);
    const clickOn = async (name: RegExp): Promise<number> => {
      // Clicked by its place: by its name, scripts that look for it would run in the page between press and picture.
      const place = await page.getByRole('button', { name }).boundingBox();
      if (place === null) throw new Error(`there is nothing to click on: ${String(name)}`);
      // One after the other: a pointer that comes, presses and leaves within the same moment is nobody's.
      await page.mouse.move(place.x + place.width / 2, place.y + place.height / 2);
      await page.waitForTimeout(PRESS_MS);
      await page.evaluate('clicks.length = 0');
      await page.mouse.down();
      await page.waitForTimeout(PRESS_MS);
      await page.mouse.up();
      await page.waitForTimeout(CLICK_MS);
      // Shorter than what the browser tells of at all: as good as at once.
      return page.evaluate<number>('Math.max(0, ...clicks)');
    };
    const open = await clickOn(/Update available/);
    const filled = await page.evaluate<number>('globalThis.filled');
    const install = await clickOn(/Download & Install/);
    await page.getByText('Waiting for the device to answer.').waitFor();
    return { open, filled, install };
  } finally {
    await page.context().close();
  }
}

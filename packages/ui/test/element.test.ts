/**
 * The built element in a real browser, on a page with the strictest policy, against a real server that restarts and whose
 * page is replaced: what no other test of this package can show.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Version } from '@pikit/protocol';
import { startApiServer, until, type ApiServer, type Reply } from './support/api-server.ts';
import { aResult, anAgentStatus, aTransaction, RELEASE } from './support/builders.ts';

const CHROMIUM = '/usr/bin/chromium';
const hasChromium = existsSync(CHROMIUM);
const note = hasChromium ? '' : ` (skipped: ${CHROMIUM} is not installed)`;

let files: ReadonlyMap<string, string> = new Map();
let browser: Browser;
let page: Page;
let api: ApiServer;
let errors: string[];

/** As it is shipped: path → code. */
async function buildElement(): Promise<ReadonlyMap<string, string>> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const result = await build({ root, mode: 'element', logLevel: 'error', build: { write: false } });
  const outputs = [result].flat().flatMap((each) => ('output' in each ? each.output : []));
  return new Map(
    outputs.flatMap((each) => (each.type === 'chunk' ? [[each.fileName, each.code]] : [])),
  );
}

const FILLING = /^GET \/assets\/pikit-filling-[\w-]+\.js/;

const POLICY = { 'content-security-policy': "default-src 'self'" };

const script = (body: string): Reply => ({ body, headers: { 'content-type': 'text/javascript' } });

/** The page names its script by version, as a build with hashed names does. */
function servePage(version: string, query = ''): void {
  api.replies.set('GET /', {
    body: `<!doctype html><html lang="en"><title>Page ${version}</title><!-- <script src="/none-${version}.js"></script> -->
      <script type="module" src="/app-${version}.js${query}"></script>
      <pikit-updates base="/api"></pikit-updates>`,
    headers: POLICY,
  });
  const element = script(files.get('pikit-updates.js') ?? '');
  api.replies.set(`GET /app-${version}.js${query}`, element);
  for (const [path, code] of files) api.replies.set(`GET /${path}`, script(code));
}

/** Like a device that restarts its services, or has another release by now. A promise is what does not come at all. */
function withoutFilling(isAway: (() => boolean) | Promise<Reply>) {
  for (const [path, code] of files) {
    const answer = (): Reply | Promise<Reply> => {
      if (!FILLING.test(`GET /${path}`)) return script(code);
      if (typeof isAway !== 'function') return isAway;
      return isAway() ? { status: 404 } : script(code);
    };
    for (let attempt = 0; attempt < 100; attempt += 1) {
      api.replies.set(`GET /${path}${attempt === 0 ? '' : `?${String(attempt)}`}`, answer);
    }
  }
  return { asked: () => api.asked.map(({ route }) => route).filter((each) => FILLING.test(each)) };
}

const chip = (name: string | RegExp) => page.getByRole('button', { name });

beforeAll(async () => {
  if (!hasChromium) return;
  files = await buildElement();
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
});
afterAll(() => browser?.close());

beforeEach(async () => {
  if (!hasChromium) return;
  api = await startApiServer('/api');
  api.replies.set('GET /favicon.ico', { status: 204 });
  servePage('1');
  page = await browser.newPage();
  errors = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(api.origin);
});
afterEach(async () => {
  await page?.close();
  await api?.stop();
});

describe.skipIf(!hasChromium)(`<pikit-updates>${note}`, () => {
  it('only reads when it is put into a page, without a word in the console', async () => {
    await chip('Updates: Up to date').waitFor();
    expect(api.asked.filter(({ route }) => !route.startsWith('GET '))).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('keeps showing a running update while the api restarts, and comes back', async () => {
    api.status = anAgentStatus({ revision: 2, transaction: aTransaction() });
    await page.reload();
    await chip(/Updating \d+%/).click();
    await until(() => api.streams() === 1);
    await api.stop();
    await page.getByText(/No connection for \d+ sec/).waitFor();
    expect(await page.getByText('Downloading', { exact: false }).first().isVisible()).toBe(true);
    await api.start();
    await page.getByText('You can close this window').waitFor();
  });

  it('reloads a page that was replaced, and shows the outcome', async () => {
    await chip('Updates: Up to date').click();
    servePage('2');
    await until(() => api.streams() === 1);
    api.status = anAgentStatus({
      revision: 3,
      current: '1.4.0' as Version,
      last_result: aResult(),
    });
    api.send('status', api.status);
    // Not waitForFunction: the page's policy forbids what that evaluates, and the console would tell.
    await expect.poll(() => page.title()).toBe('Page 2');
    await page.getByText('1.4.0 is installed').first().waitFor();
    expect(await page.getByRole('dialog').isVisible()).toBe(true);
    expect(errors).toEqual([]);
  });

  it('leads to settings and history, unless it is told that there is no page', async () => {
    await chip('Updates: Up to date').click();
    const link = page.getByRole('link', { name: 'Settings and history' });
    expect(await link.getAttribute('href')).toBe('/updates/');
    await page.evaluate(`document.querySelector('pikit-updates').setAttribute('page', '')`);
    await chip('Updates: Up to date').click();
    await page.getByRole('dialog').waitFor();
    expect(await link.count()).toBe(0);
  });

  it('opens when its page says so', async () => {
    await chip('Updates: Up to date').waitFor();
    await page.evaluate(`document.querySelector('pikit-updates').open()`);
    await page.getByRole('dialog').waitFor();
  });

  it('can be told to leave the page alone', async () => {
    await chip('Updates: Up to date').waitFor();
    await page.evaluate(
      `document.querySelector('pikit-updates').setAttribute('reload-on-update', 'off')`,
    );
    servePage('2');
    const asked = api.asked.length;
    api.send('status', anAgentStatus({ revision: 3, current: '1.4.0' as Version }));
    api.send('status', anAgentStatus({ revision: 4, offered: RELEASE }));
    await chip('Updates: Update available').waitFor();
    expect(await page.title()).toBe('Page 1');
    expect(api.asked.slice(asked).some(({ route }) => route === 'GET /')).toBe(false);
  });

  it('reloads once when it was itself replaced, under the name that it had', async () => {
    await chip('Updates: Up to date').waitFor();
    await page.evaluate('window.isOld = true');
    await until(() => api.streams() === 1);
    api.replies.set('GET /health', { body: { version: '99.0.0' } });
    api.status = anAgentStatus({ revision: 3, current: '1.4.0' as Version });
    api.send('status', api.status);
    await expect.poll(() => page.evaluate('window.isOld')).toBeUndefined();
    await chip('Updates: Up to date').waitFor();
    await page.evaluate('window.isOld = true');
    await page.evaluate(`document.querySelector('pikit-updates').refresh()`);
    expect(await page.evaluate('window.isOld')).toBe(true);
  });

  it('answers refresh() and tells its page of every state', async () => {
    await chip('Updates: Up to date').waitFor();
    await page.evaluate(
      `window.heard = []; document.addEventListener('pikit-status', ({ detail }) => heard.push(detail.state))`,
    );
    api.status = anAgentStatus({ revision: 2, offered: RELEASE });
    await page.evaluate(`document.querySelector('pikit-updates').refresh()`);
    expect(await page.evaluate('window.heard.at(-1)')).toBe('available');
  });

  it('says in which language its words are, whatever that of the page is', async () => {
    await page.evaluate(`document.querySelector('pikit-updates').lang = 'fr'`);
    await chip('Updates: Up to date').click();
    expect(await chip('Updates: Up to date').getAttribute('lang')).toBe('en');
    expect(await page.getByRole('dialog').getAttribute('lang')).toBe('en');
  });

  it('listens anew when somebody looks at the page again', async () => {
    await chip('Updates: Up to date').waitFor();
    await until(() => api.streams() === 1);
    const before = api.asked.length;
    await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
    await until(() => api.asked.slice(before).some(({ route }) => /events/.test(route)));
    await until(() => api.streams() === 1);
  });

  it('takes its colours from the page', async () => {
    api.status = anAgentStatus({ revision: 2, offered: RELEASE });
    await page.reload();
    await chip('Updates: Update available').waitFor();
    await page.evaluate(`document.body.style.setProperty('--accent-color', 'rgb(90, 0, 90)')`);
    const colour = `getComputedStyle(document.querySelector('pikit-updates').shadowRoot.querySelector('.chip')).backgroundColor`;
    expect(await page.evaluate(colour)).toBe('rgb(90, 0, 90)');
  });

  it('fetches what fills the dialog when the page has come to rest, each file once', async () => {
    await chip('Updates: Up to date').waitFor();
    await until(() => api.asked.some(({ route }) => FILLING.test(route)));
    await chip('Updates: Up to date').click();
    await page.getByRole('button', { name: 'Check now' }).waitFor();
    const files = api.asked.map(({ route }) => route).filter((route) => /\.js/.test(route));
    expect(files.toSorted()).toEqual([...new Set(files)].toSorted());
    expect(files.length).toBe(2);
  });

  it('is loaded once, whatever address its page has for it', async () => {
    servePage('1', '?v=3');
    // What the page before asks for at rest is not to be counted.
    await until(() => api.asked.some(({ route }) => FILLING.test(route)));
    api.asked.length = 0;
    await page.reload();
    await chip('Updates: Up to date').click();
    await page.getByRole('button', { name: 'View logs' }).click();
    await page.getByText('Nothing has been installed yet, so there is no log.').waitFor();
    const files = api.asked
      .map(({ route }) => route)
      .filter((route) => /app-1|filling/.test(route));
    expect(files.map((route) => route.replace(/-[\w-]{8}\.js/, ''))).toEqual([
      'GET /app-1.js?v=3',
      'GET /assets/pikit-filling-english',
    ]);
    expect(errors).toEqual([]);
  });

  it('needs no English where it speaks German', async () => {
    api.asked.length = 0;
    await page.reload();
    await page.evaluate(`document.querySelector('pikit-updates').lang = 'de'`);
    await chip('Updates: Aktuell').waitFor();
    api.asked.length = 0;
    await chip('Updates: Aktuell').click();
    await page.getByRole('button', { name: 'Jetzt suchen' }).waitFor();
    const asked = api.asked.map(({ route }) => route);
    expect(asked.some((route) => route.includes('english'))).toBe(false);
  });

  it('opens at once while what fills it does not come, and says that it waits', async () => {
    withoutFilling(new Promise(() => undefined));
    await page.reload();
    await chip('Updates: Up to date').click();
    expect(await page.getByRole('dialog').isVisible()).toBe(true);
    await page.getByText('Loading…').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it.each([
    ['en', 'The rest of this window cannot be loaded at the moment.', 'Check now'],
    ['de', 'Der Rest dieses Fensters lässt sich gerade nicht laden.', 'Jetzt suchen'],
  ])(
    'says in %s what is missing, and fetches it by itself when it can',
    async (lang, words, check) => {
      let isAway = true;
      const { asked } = withoutFilling(() => isAway);
      await page.reload();
      await page.evaluate(`document.querySelector('pikit-updates').lang = '${lang}'`);
      await chip(/^Updates: (?:Up to date|Aktuell)/).click();
      await page.getByText(words).waitFor();
      await until(() => asked().length > 2);
      isAway = false;
      await page.getByRole('button', { name: check }).waitFor();
      expect(await page.getByText(words).count()).toBe(0);
      // A browser may remember for ever what it could not have. With another language the element has begun anew.
      const all = asked();
      const addresses = all.slice(all.findLastIndex((address) => !address.includes('?')));
      expect(addresses.length).toBeGreaterThan(1);
      expect(new Set(addresses).size).toBe(addresses.length);
    },
  );

  it('offers to load the page again where what fills it is gone for good, and opens there', async () => {
    withoutFilling(() => true);
    await page.reload();
    await chip('Updates: Up to date').click();
    const again = page.getByRole('button', { name: 'Load the page again' });
    await again.waitFor();
    servePage('2');
    await again.click();
    await page.getByRole('button', { name: 'Check now' }).waitFor();
    expect(await page.title()).toBe('Page 2');
  });
});

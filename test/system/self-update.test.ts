/**
 * The updater updates itself: releases of a dashboard carry later versions of it, which speak another protocol, and a browser watches
 * over nginx. One machine, and the tests build on each other.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, launchChromium } from '../browser/support/chromium.ts';
import { createPerson, type Person } from '../browser/support/person.ts';
import type { ReleaseFiles } from '../support/bundle-builder.ts';
import { waitFor } from '../support/wait-for.ts';
import { reasonAgainstBooting } from './support/debian-root.ts';
import { buildProducts } from './support/later-product.ts';
import { publish, put } from './support/updater-device.ts';
import {
  createWholeDevice,
  filesOf,
  PASSWORD,
  TRIXIE,
  type WholeDevice,
} from './support/whole-device.ts';

const reason = hasChromium ? reasonAgainstBooting() : 'no Chromium';
const NOTE = reason === undefined ? '' : ` (skipped: ${reason})`;
const PATIENCE_MS = 120_000;
const LAUNCHER = '/usr/lib/pikit/start';
const RELEASE = '/usr/local/lib/pikit/lib/pikit-agent.mjs';
const FACTORY = '/usr/lib/pikit/pikit-agent.mjs';

/** What a dialog or a chip must never say while the updater is exchanged. */
const ERRORS = /fail|not answer|mistake|different versions|undone|sign in|password/i;

/** Of the page alone, whatever is loaded anew: every heading and every label of a button, as they appear. */
const WATCH = `setInterval(() => {
  const root = document.querySelector('pikit-updates')?.shadowRoot;
  for (const at of root?.querySelectorAll('button, h2, h3') ?? []) noted(at.textContent);
}, 25)`;

/** Agent, api and page are of one release. */
const all = (version: string) => ({ agent: version, api: version, page: version });

describe.skipIf(reason !== undefined)(`the update of the updater itself${NOTE}`, () => {
  let device: WholeDevice;
  let browser: Browser;
  let person: Person;
  let second: ReleaseFiles = {};
  let third: ReleaseFiles = {};
  const seen = new Set<string>();

  beforeAll(async () => {
    const built = buildProducts([
      { version: '0.2.0', protocol: 2 },
      { version: '0.3.0', protocol: 2 },
    ]);
    [device, [second = {}, third = {}]] = await Promise.all([createWholeDevice(TRIXIE), built]);
    browser = await launchChromium();
    person = await createPerson(browser, 'self-update');
    await person.page.exposeFunction('noted', (text: string) => void seen.add(text.trim()));
    await person.page.goto(`${device.url}/updates/`);
    await person.signIn(PASSWORD);
    await person.page.addInitScript(WATCH);
    await person.page.evaluate(WATCH);
  });
  afterAll(async () => {
    await browser?.close();
    await device?.remove();
  });

  const must = (...words: [string, ...string[]]) => device.machine.must(...words);
  const pidOf = (unit: string) => must('systemctl', 'show', '-P', 'MainPID', '--', unit);
  /** Whose files no release here changes. */
  const others = async () => Promise.all(['nginx.service', 'dash-api.service'].map(pidOf));
  const offer = (version: string, updater: ReleaseFiles) =>
    publish(device.machine, {
      version,
      files: { ...filesOf(version, { program: '1.0.0' }), ...updater },
      postInstall: [],
    });
  const install = async (version: string, updater: ReleaseFiles) => {
    const { manifestSha256 } = await offer(version, updater);
    return device.client.carryOut('/api/update/apply', { version, manifestSha256 }, PATIENCE_MS);
  };
  /** Of everything that runs or is served. */
  const versions = async () => {
    const { agent } = JSON.parse(await must('pikit-rpc', '--json', 'agent.inspect')) as Record<
      string,
      unknown
    >;
    const { body } = await device.client.get('/api/health');
    const element = await device.client.get('/updates/pikit-updates.js');
    const page = /[`"'](0\.\d\.0)[`"']/.exec(String(element.body))?.[1];
    return { agent, api: (body as { readonly version: string }).version, page };
  };
  const logOfLast = () => must('pikit-rpc', '--json', 'update.log', '{"transaction":null}');
  /** By a person, who sees nothing but progress and success. */
  const watched = async (begin: () => Promise<void>, end: string): Promise<void> => {
    seen.clear();
    await begin();
    await person.heading(end).waitFor({ timeout: PATIENCE_MS });
    await waitFor('the page to watch', () => [...seen].some((text) => text.includes(end)));
    expect([...seen].filter((text) => ERRORS.test(text))).toEqual([]);
  };

  it('begins with the factory’s', async () => {
    expect(await versions()).toEqual(all('0.1.0'));
    expect(await must(LAUNCHER, '--which', 'agent')).toBe(FACTORY);
  });

  it.each([
    ['1.1.0', '0.2.0', () => second],
    ['1.2.0', '0.3.0', () => third],
  ])('brings with %s the updater %s, and shows a browser no error', async (to, version, files) => {
    const before = await others();
    const api = await pidOf('pikit-api.service');
    await offer(to, files());
    await watched(async () => {
      await person.button('Check now').click();
      await person.button('Download & Install').click();
    }, `${to} is installed`);
    expect(await versions()).toEqual(all(version));
    expect(await must(LAUNCHER, '--which', 'agent')).toBe(RELEASE);
    expect(await logOfLast()).toContain(`${RELEASE} goes on from here`);
    expect(await others()).toEqual(before);
    expect(await pidOf('pikit-api.service')).not.toBe(api);
  });

  it('is rolled back, and the earlier updater reads what the later one wrote', async () => {
    const before = await others();
    await watched(async () => {
      await person.button('Roll back to 1.1.0').click();
      await person.button('Roll back').click();
    }, 'Back on 1.1.0');
    expect(await versions()).toEqual(all('0.2.0'));
    const said = await must('pikit-rpc', '--json', 'update.history', '{"limit":9}');
    const history = JSON.parse(said) as {
      readonly entries: readonly { readonly to: string; readonly outcome: string }[];
    };
    expect(history.entries.map(({ to, outcome }) => `${to} ${outcome}`)).toEqual([
      '1.1.0 committed',
      '1.2.0 committed',
      '1.1.0 committed',
    ]);
    expect(await device.client.status()).toMatchObject({ current: '1.1.0', previous: '1.2.0' });
    expect(await others()).toEqual(before);
  });

  it('leaves the factory’s running where a release brings none, or an older one', async () => {
    expect(await install('1.3.0', {})).toMatchObject({ outcome: 'committed' });
    expect(await versions()).toEqual(all('0.1.0'));
    expect(await logOfLast()).toContain(`${FACTORY} goes on from here`);
    const older = { ...third, 'updater/lib/version': '0.0.9\n' };
    expect(await install('1.4.0', older)).toMatchObject({ outcome: 'committed' });
    expect(await versions()).toEqual(all('0.1.0'));
  });

  it('gives way to a newer factory, and comes back after an older one', async () => {
    expect(await install('1.5.0', third)).toMatchObject({ outcome: 'committed' });
    expect(await versions()).toEqual(all('0.3.0'));
    await put(device.machine, '/usr/lib/pikit/version', '0.10.0\n');
    await must('systemctl', 'restart', 'pikit-agent.service', 'pikit-api.service');
    await waitFor('the api', async () => (await device.client.get('/api/health')).status === 200);
    expect(await versions()).toEqual(all('0.1.0'));
    await put(device.machine, '/usr/lib/pikit/version', '0.2.9\n');
    expect(await must(LAUNCHER, '--which', 'agent')).toBe(RELEASE);
  });

  it('makes the targets whole at boot by the factory’s agent where that of the release cannot', async () => {
    await put(device.machine, '/var/lib/pikit-update/journal.json', 'damaged');
    await must('sh', '-c', `echo 'throw 1;' >${RELEASE}`);
    await must('systemctl', 'start', 'pikit-recover.service');
  });
});

/**
 * The owner's way in the engines of the other browsers, of which docs/embed.md says that they will do: Firefox and, for Safari,
 * WebKit. Short, because what is looked at closely is looked at in Chromium.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stories } from '../../packages/ui/src/mock/stories.ts';
import { createClosers } from '../demo/closers.ts';
import type { Demo } from '../demo/start-demo.ts';
import { waitFor } from '../support/wait-for.ts';
import { startOwnDemo } from './support/demo-scene.ts';
import type { Engine } from './support/engine/engine.ts';
import { hasFirefox, launchFirefox } from './support/engine/firefox.ts';
import { hasWebKit, launchWebKit } from './support/engine/webkit.ts';
import { serveGallery } from './support/gallery.ts';

const ENGINES = [
  { name: 'Firefox', isHere: hasFirefox, launch: launchFirefox, needs: 'firefox-esr' },
  { name: 'WebKit', isHere: hasWebKit, launch: launchWebKit, needs: 'webkit2gtk-driver and xvfb' },
];

interface Look {
  /** How bright, from 0 to 255: what lies behind the words, and the title. */
  readonly ground: number;
  readonly ink: number;
  readonly isWide: boolean;
}

/** Null until the dialog is filled. */
const LOOK = `
  const element = document.querySelector('#chip');
  element?.setAttribute('theme', arguments[0]);
  const dialog = element?.shadowRoot?.querySelector('dialog[open]');
  const [title, filling] = ['h2', '.body > *'].map((at) => dialog?.querySelector(at));
  if (!title || !filling) return null;
  const brightness = (colour) => Math.max(...colour.match(/[\\d.]+/g).slice(0, 3).map(Number));
  return {
    ground: brightness(getComputedStyle(dialog).backgroundColor),
    ink: brightness(getComputedStyle(title).color),
    isWide: [dialog, document.documentElement].some((at) => at.scrollWidth > at.clientWidth),
  };`;

const orNothing = (look: Look | null): Look | undefined => look ?? undefined;

describe.each(ENGINES.map((engine) => [engine.name, engine] as const))(
  'in %s',
  (name, { isHere, launch, needs }) => {
    const closers = createClosers();
    let engine: Engine;
    let demo: Demo;

    beforeAll(async () => {
      if (!isHere) return;
      demo = await startOwnDemo(closers);
      engine = await launch();
      await closers.add(() => engine.close());
    });
    afterAll(() => closers.closeAll());

    const showsVersion = (version: string) =>
      waitFor(
        `the page of ${version}`,
        async () =>
          (await engine.run('return document.querySelector("meta[name=version]").content')) ===
          version,
      );

    const title = isHere ? 'the owner' : `the owner (skipped: ${name} needs ${needs})`;
    describe.skipIf(!isHere)(title, () => {
      it('signs in and sees what changes', async () => {
        await engine.open(demo.url);
        await engine.press(/^Updates: Sign in$/);
        await engine.fill('Password', demo.password);
        await engine.press(/^Sign in$/);
        await engine.press(/^Check now$/);
        await engine.reads(/New card: Backups/);
        await engine.reads(/Signed by its maintainer/);
      });

      it('installs at a click, and rolls back', async () => {
        await engine.press(/^Download & Install$/);
        await showsVersion('1.1.0');
        await engine.reads(/1\.1\.0 is installed/);
        await engine.press(/^Roll back to 1\.0\.0$/);
        await engine.press(/^Roll back$/);
        await showsVersion('1.0.0');
        await engine.reads(/Back on 1\.0\.0/);
      });

      it('reads settings, history and access on the page', async () => {
        await engine.open(`${demo.url}/updates/`);
        await engine.reads(/Rolled back to 1\.0\.0[^]*Installed 1\.1\.0/);
        await engine.reads(new RegExp(`${name === 'WebKit' ? 'Safari' : name} on Linux`));
      });

      it('has each state of the gallery in its colours, and within its width', async () => {
        const gallery = await serveGallery();
        await closers.add(() => gallery.close());
        const wrong: unknown[] = [];
        for (const story of Object.keys(stories)) {
          for (const theme of ['light', 'dark']) {
            await engine.open(gallery.url({ story, modal: 'open', theme }));
            const look = await waitFor(story, () => engine.run<Look | null>(LOOK).then(orNothing));
            const { ground, ink, isWide } = look;
            const isAsItMust =
              theme === 'dark' ? ground < 60 && ink > 200 : ground > 200 && ink < 60;
            if (!isAsItMust || isWide) wrong.push({ story, theme, ...look });
          }
        }
        expect(wrong).toEqual([]);
      });
    });
  },
);

/**
 * A device without a demo, with sites of a test's own before it: for what the demo's dashboard cannot show. Each site has the
 * strictest policy, so that a page that needs more is found out.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { createClosers } from '../../demo/closers.ts';
import { startFrontServer } from '../../demo/front-server.ts';
import { buildRelease, type BuiltRelease } from '../../support/bundle-builder.ts';
import { createMinisignKey } from '../../support/minisign-key.ts';
import { startReleaseServer, type ReleaseServer } from '../../support/release-server.ts';
import type { DeviceRecipe } from '../../support/sandbox-root.ts';
import { startStack, type Stack } from '../../support/start-stack.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { launchChromium } from './chromium.ts';
import { createPerson, type Person } from './person.ts';

export interface StackScene {
  readonly stack: Stack;
  readonly browser: Browser;
  readonly releases: ReleaseServer;
  /** A directory that goes with the scene. */
  readonly place: string;
  /** A signed release whose only interesting file is this page; it is not published. */
  readonly release: (version: string, page: string) => Promise<BuiltRelease>;
  /** Serves these files, and the api below `prefix`. Resolves with the address, without a slash at the end. */
  readonly site: (files: Readonly<Record<string, string>>, prefix?: string) => Promise<string>;
  readonly someone: (url: string, options?: BrowserContextOptions) => Promise<Person>;
  readonly close: () => Promise<void>;
}

const POLICY = { 'content-security-policy': "default-src 'self'" };

/** `folder` is for the pictures. */
export async function openStackScene(
  folder: string,
  recipe: Partial<DeviceRecipe> = {},
): Promise<StackScene> {
  const closers = createClosers();
  const temp = await makeTempDir();
  await closers.add(() => temp.remove());
  const releases = await startReleaseServer();
  await closers.add(() => releases.close());
  const signer = createMinisignKey();
  const stack = await startStack({
    root: join(temp.path, 'root'),
    source: { kind: 'gitea', url: releases.url, repository: releases.repository },
    keys: { maintainer: signer.publicFile },
    installed: { version: '1.0.0', files: { 'pikit-web/index.html': 'old', 'pikit-api.py': '' } },
    ...recipe,
  });
  await closers.add(() => stack.stop());
  const browser = await launchChromium();
  await closers.add(() => browser.close());
  let sites = 0;
  return {
    stack,
    browser,
    releases,
    place: temp.path,
    release: (version, page) =>
      buildRelease(
        { version, signer, files: { 'pikit-web/index.html': page, 'pikit-api.py': version } },
        join(temp.path, 'releases'),
      ),
    async site(files, prefix = '') {
      sites += 1;
      const directory = join(temp.path, `site-${String(sites)}`);
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(directory, path)), { recursive: true });
        await writeFile(join(directory, path), content);
      }
      const front = await startFrontServer({
        directory,
        apiUrl: () => stack.apiUrl(),
        port: 0,
        headers: POLICY,
        prefix,
      });
      await closers.add(() => front.close());
      return front.url;
    },
    async someone(url, options) {
      const person = await createPerson(browser, folder, options);
      await person.page.goto(url);
      return person;
    },
    close: () => closers.closeAll(),
  };
}

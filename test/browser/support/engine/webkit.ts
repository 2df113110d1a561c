/** Debian's build of WebKit, the engine of Safari, in a screen that exists in memory alone, over WebDriver's own HTTP. */
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { startChild } from '../../../support/child.ts';
import { listenOn } from '../../../support/listen-on.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';
import { createEngine, type Engine } from './engine.ts';

const DRIVER = '/usr/bin/WebKitWebDriver';
const SCREEN = '/usr/bin/Xvfb';

export const hasWebKit = existsSync(DRIVER) && existsSync(SCREEN);

/** It says on its standard output which number it has taken. */
const SCREEN_OPTIONS = '-displayfd 1 -screen 0 1280x1024x24 -nolisten tcp'.split(' ');

/** Neither a graphics card nor, as root, a sandbox is there to be used. */
const ENVIRONMENT = {
  LIBGL_ALWAYS_SOFTWARE: '1',
  WEBKIT_DISABLE_DMABUF_RENDERER: '1',
  WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
  NO_AT_BRIDGE: '1',
  GTK_A11Y: 'none',
};

export async function launchWebKit(): Promise<Engine> {
  const home = await makeTempDir();
  const screen = startChild({
    name: 'Xvfb',
    program: SCREEN,
    args: SCREEN_OPTIONS,
    env: process.env,
  });
  const display = await waitFor('a screen', () => /^\d+$/m.exec(screen.output())?.[0]);
  const port = await freePort();
  const driver = startChild({
    name: 'WebKitWebDriver',
    program: DRIVER,
    args: ['--host=127.0.0.1', `--port=${String(port)}`],
    env: { ...process.env, ...ENVIRONMENT, DISPLAY: `:${display}`, HOME: home.path },
  });
  const session = await openSession(`http://127.0.0.1:${String(port)}/session`);
  return createEngine({
    open: (url) => post(`${session}/url`, { url }),
    run: (script, args) => post(`${session}/execute/sync`, { script, args }),
    click: (id) => post(`${session}/element/${id}/click`, {}),
    type: (id, text) => post(`${session}/element/${id}/value`, { text }),
    async close() {
      // First, because the browser that the driver has started ends with it, and with nothing else.
      await screen.stop();
      await driver.stop();
      await home.remove();
    },
  });
}

/** The driver says nothing when it is ready, so it is asked until it answers. */
async function openSession(url: string): Promise<string> {
  const { sessionId } = await waitFor('WebKit', () =>
    post<{ readonly sessionId: string }>(url, { capabilities: {} }),
  );
  return `${url}/${sessionId}`;
}

interface Failure {
  readonly error: string;
  readonly message: string;
}

async function post<T>(url: string, parameters: object): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(parameters),
  });
  const { value } = (await response.json()) as { readonly value: T | Failure };
  if (response.ok) return value as T;
  const { error, message } = value as Failure;
  throw new Error(`${error}: ${message}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenOn(server, 0);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

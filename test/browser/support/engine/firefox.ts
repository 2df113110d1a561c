/**
 * Debian's Firefox, headless, over its own Marionette: the commands of WebDriver, as messages on a socket
 * (https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html).
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { startChild } from '../../../support/child.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';
import { createEngine, type Engine } from './engine.ts';

const EXECUTABLE = '/usr/bin/firefox-esr';

export const hasFirefox = existsSync(EXECUTABLE);

/** A free port instead of the usual one, and no word to anybody outside. */
const PREFERENCES = {
  'marionette.port': 0,
  'app.update.disabledForTesting': true,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.dns.localDomains': '*',
  'services.settings.server': 'http://127.0.0.1:9/',
};

type Reply = [type: 1, id: number, error: { readonly message: string } | null, result: unknown];
type Command = (name: string, parameters?: object) => Promise<unknown>;

export async function launchFirefox(): Promise<Engine> {
  const profile = await makeTempDir();
  const lines = Object.entries(PREFERENCES).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  await writeFile(join(profile.path, 'user.js'), lines.join(''));
  const program = startChild({
    name: 'Firefox',
    program: EXECUTABLE,
    args: ['--headless', '--marionette', '--no-remote', '--profile', profile.path],
    env: { ...process.env, HOME: profile.path },
  });
  const file = join(profile.path, 'MarionetteActivePort');
  const port = await waitFor('Firefox', async () => Number(await readFile(file, 'utf8')));
  const socket = connect(port, '127.0.0.1');
  const command = createCommand(socket);
  await command('WebDriver:NewSession');
  return createEngine({
    open: (url) => command('WebDriver:Navigate', { url }),
    run: async (script, args) =>
      valueOf(await command('WebDriver:ExecuteScript', { script, args })),
    click: (id) => command('WebDriver:ElementClick', { id }),
    type: (id, text) => command('WebDriver:ElementSendKeys', { id, text }),
    async close() {
      socket.destroy();
      await program.stop();
      await profile.remove();
    },
  });
}

const valueOf = (result: unknown): unknown => (result as { readonly value: unknown }).value;

/** Each message is the number of its bytes, a colon, and JSON; the first, with which it greets, answers nothing. */
function createCommand(socket: Socket): Command {
  const waiting = new Map<number, (reply: Reply) => void>();
  const gone = once(socket, 'close').then(() => Promise.reject(new Error('Firefox went away')));
  gone.catch(() => undefined); // because nobody may be waiting any more
  let buffer = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const colon = buffer.indexOf(':');
      const end = colon + 1 + Number(buffer.subarray(0, Math.max(colon, 0)).toString());
      if (colon < 0 || buffer.length < end) return;
      const message: unknown = JSON.parse(buffer.subarray(colon + 1, end).toString());
      buffer = buffer.subarray(end);
      if (Array.isArray(message)) waiting.get((message as Reply)[1])?.(message as Reply);
    }
  });
  let last = 0;
  return async (name, parameters = {}) => {
    const id = (last += 1);
    const text = JSON.stringify([0, id, name, parameters]);
    const reply = new Promise<Reply>((resolve) => void waiting.set(id, resolve));
    socket.write(`${String(Buffer.byteLength(text))}:${text}`);
    const [, , error, result] = await Promise.race([reply, gone]);
    waiting.delete(id);
    if (error !== null) throw new Error(`${name}: ${error.message}`);
    return result;
  };
}

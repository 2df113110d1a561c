/** What the demo itself remembers from start to start, beside the device: password, port of the releases, who uses it. */
import { randomInt } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { endLeftovers } from './leftovers.ts';

export interface Sandbox {
  /** The root of the device. */
  readonly root: string;
  readonly releases: string;
  /** What only the maintainer of the releases has. */
  readonly maintainer: string;
  readonly password: string;
  /** Where the release server was last time, so that changelog links in installed releases still lead somewhere. */
  readonly releasePort: number;
  /** Gives the sandbox free for another demo. */
  leave(): Promise<void>;
}

const FIRST_RELEASE_PORT = 8430;
/** Without letters and digits that look alike. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Rejects with a sentence when a running demo uses this sandbox. `reset` removes everything that stood there. */
export async function enterSandbox(path: string, { reset }: { reset: boolean }): Promise<Sandbox> {
  const marker = join(path, 'demo.pid');
  refuseSecondDemo(path, marker);
  // Before anything is removed: they would write into it again.
  await endLeftovers(join(path, 'root'));
  if (reset) await emptySandbox(path, marker);
  await mkdir(path, { recursive: true });
  await writeFile(marker, `${process.pid}\n`);
  return {
    root: join(path, 'root'),
    releases: join(path, 'releases'),
    maintainer: join(path, 'maintainer'),
    password: await remembered(join(path, 'password.txt'), newPassword),
    releasePort: Number(
      await remembered(join(path, 'release-port.txt'), () => String(FIRST_RELEASE_PORT)),
    ),
    leave: () => rm(marker, { force: true }),
  };
}

/** Removes nothing that is not a sandbox: `--sandbox ~ --reset` must not empty a home directory. */
async function emptySandbox(path: string, marker: string): Promise<void> {
  if (!existsSync(path)) return;
  if (!existsSync(join(path, 'password.txt')) && !existsSync(marker)) {
    throw new Error(`${path} is not a sandbox of this demo, so --reset leaves it alone.`);
  }
  const files = ['password.txt', 'release-port.txt', 'demo.pid'];
  for (const name of ['root', 'releases', 'maintainer', ...files]) {
    await rm(join(path, name), { recursive: true, force: true });
  }
}

function refuseSecondDemo(path: string, marker: string): void {
  if (!existsSync(marker)) return;
  const pid = Number(readFileSync(marker, 'utf8'));
  if (pid === process.pid || !isDemo(pid)) return;
  throw new Error(
    `A demo already runs in ${path} (process ${pid}). ` +
      'End it with Ctrl-C there, or choose another place with --sandbox DIR.',
  );
}

/** A number that a later process got again must not lock the sandbox for ever, hence the look at its command line. */
function isDemo(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('dist/demo.mjs');
  } catch {
    return false; // because it is gone, or somebody else's
  }
}

async function remembered(file: string, fresh: () => string): Promise<string> {
  if (existsSync(file)) return (await readFile(file, 'utf8')).trim();
  const value = fresh();
  await writeFile(file, `${value}\n`, { mode: 0o600 });
  return value;
}

/** Three groups of four: 59 bits, and short enough to type on a phone. */
function newPassword(): string {
  const letters = Array.from({ length: 12 }, () => ALPHABET.charAt(randomInt(ALPHABET.length)));
  return letters.join('').replace(/(.{4})(.{4})/, '$1-$2-');
}

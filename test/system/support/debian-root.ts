/**
 * Debian as a directory, for tests on a booted system: made by mmdebstrap once, kept in /var/cache, and copied for each
 * machine. Needs root.
 */
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const CACHE = '/var/cache/pikit-updater-tests';
const BUILD_TIMEOUT_MS = 800_000;

export interface Debian {
  readonly suite: 'bookworm' | 'trixie';
  /** Besides systemd. Recommended packages, such as D-Bus, are not installed by themselves. */
  readonly packages: readonly string[];
}

/** Why no system can be booted here, printed once for the reader; undefined when it can. */
export function reasonAgainstBooting(): string | undefined {
  const reason = lack();
  if (reason !== undefined) process.stderr.write(`skipped: booting a Debian: ${reason}\n`);
  return reason;
}

function lack(): string | undefined {
  if (process.getuid?.() !== 0) return 'not root';
  const programs = ['mmdebstrap', 'systemd-nspawn', 'nsenter'];
  const missing = programs.find((name) => spawnSync(name, ['--version']).error !== undefined);
  return missing === undefined ? undefined : `no ${missing}`;
}

/** The path of a root that nobody may write to: copy it. */
export async function debianRoot({ suite, packages }: Debian): Promise<string> {
  const include = ['systemd', 'systemd-sysv', ...packages].join(',');
  const digest = createHash('sha256').update(include).digest('hex').slice(0, 8);
  const root = join(CACHE, `${suite}-${digest}`);
  if (existsSync(root)) return root;
  const building = `${root}.${String(process.pid)}`;
  mkdirSync(CACHE, { recursive: true });
  try {
    const options = ['--quiet', '--variant=minbase', `--include=${include}`];
    const bounds = { timeout: BUILD_TIMEOUT_MS, killSignal: 'SIGKILL' } as const;
    await promisify(execFile)('mmdebstrap', [...options, suite, building], bounds);
    // Whole or not there; another process may have been quicker.
    if (!existsSync(root)) renameSync(building, root);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
  return root;
}

/**
 * A small device below a directory, for the real, bundled agent: the old dashboard as real files, a configuration without
 * services and probes (so that no other program runs), and releases in a directory source. What each target should show is
 * in `sides.ts`. The agent must have been built (`node deploy/build.mjs`).
 */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { aRelease, TARGETS } from '../../packages/agent/test/support/workbench.ts';
import { buildRelease, type BuiltRelease } from '../support/bundle-builder.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { OLD_FILES, OLD_VERSION } from './sides.ts';

const AGENT = join(repositoryRoot(), 'packages/agent/dist/pikit-agent.mjs');

const CONFIG = [
  '[source]\nkind = "dir"\npath = "/media/releases"',
  ...TARGETS.map(
    ({ from, to, kind, copy }) =>
      `[[target]]\nfrom = "${from}"\nto = "${to}"\nkind = "${kind}"\ncopy = ${String(copy)}`,
  ),
  '[limits]\nprobe_interval_ms = 1',
].join('\n\n');

/** Lays the device down with the old dashboard; releases are published apart. */
export async function laySmallDevice(root: string): Promise<void> {
  for (const [path, content, mode] of OLD_FILES) await put(join(root, path), content, mode);
  await put(join(root, 'etc/pikit/version'), `${OLD_VERSION}\n`, 0o644);
  await put(join(root, 'etc/pikit/updater.toml'), `${CONFIG}\n`, 0o644);
}

export async function publishOn(root: string, version: string): Promise<BuiltRelease> {
  return buildRelease(aRelease(version), join(root, 'media/releases'));
}

async function put(path: string, content: string, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  await chmod(path, mode);
}

/** Arguments for Node, each ending in one JSON document on stdout: the whole of an update, a roll-back, a recovery. */
export const commands = {
  apply: (root: string, { version, manifestSha256 }: BuiltRelease): readonly string[] => [
    AGENT,
    '--root',
    root,
    '--run',
    'update.apply',
    JSON.stringify({ version, manifestSha256 }),
  ],
  rollback: (root: string): readonly string[] => [
    AGENT,
    '--root',
    root,
    '--run',
    'update.rollback',
  ],
  recover: (root: string): readonly string[] => [AGENT, '--root', root, '--recover'],
} as const;

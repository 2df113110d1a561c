#!/usr/bin/env node
/**
 * Starts `pikit-release` from a checkout, and installs and builds it first when that was not done yet. Once it was,
 * `npx --no pikit-release` finds it too; `--no`, because in a bare clone npx would offer a stranger's package of that name.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('dist/pikit-release.mjs', import.meta.url));
if (!existsSync(program)) {
  const setup = fileURLToPath(new URL('../setup.mjs', import.meta.url));
  // Its words must not mix with a document on stdout.
  const { status } = spawnSync(process.execPath, [setup, 'demo'], { stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}
await import(program);

#!/usr/bin/env node
/** Starts `pikit-release` from a checkout: `npx pikit-release`. Builds it first when it was not built yet. */
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

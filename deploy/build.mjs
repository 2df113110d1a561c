/**
 * Builds what runs: one unminified ESM file each for agent, CLI, api and demo, and the UI through vite. Unminified, so
 * that a stack trace on a device can be read.
 */
import { chmod } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { build as buildUi } from 'vite';
import { PROGRAMS } from './outputs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

// Dependencies in CommonJS call `require` for Node's own modules, which an ESM file does not have.
const banner = {
  js: `#!/usr/bin/env node
import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);`,
};

// All to their end, so that one mistake does not leave another output half-written.
const results = await Promise.allSettled([
  ...Object.entries(PROGRAMS).map(async ([entry, outfile]) => {
    await build({
      absWorkingDir: root,
      entryPoints: [entry],
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      banner,
      logLevel: 'warning',
    });
    await chmod(root + outfile, 0o755);
  }),
  buildUi({ root: `${root}packages/ui`, logLevel: 'warn' }),
]);

for (const { reason } of results.filter(({ status }) => status === 'rejected')) {
  process.stderr.write(`${reason instanceof Error ? reason.message : String(reason)}\n`);
  process.exitCode = 1;
}

/**
 * Builds what runs: one unminified ESM file each for agent, CLI, api and demo, and the UI through vite. Unminified, so
 * that a stack trace on a device can be read.
 */
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const ENTRIES = {
  'packages/agent/src/main.ts': 'packages/agent/dist/pikit-agent.mjs',
  'packages/agent/src/cli/main.ts': 'packages/agent/dist/pikit-rpc.mjs',
  'packages/api/src/main.ts': 'packages/api/dist/pikit-api.mjs',
  'test/demo/main.ts': 'test/demo/dist/demo.mjs',
};

// Dependencies in CommonJS call `require` for Node's own modules, which an ESM file does not have.
const banner = {
  js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
};

for (const [entry, outfile] of Object.entries(ENTRIES)) {
  if (!existsSync(root + entry)) continue;
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
    // A dependency's test for a debugger or a native addon that Node never loads here.
    external: ['bare-*'],
  });
}

execFileSync('npx', ['vite', 'build', '--logLevel', 'warn', 'packages/ui'], {
  cwd: root,
  stdio: 'inherit',
});

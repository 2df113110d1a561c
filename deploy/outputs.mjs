/** What the build reads and what it writes, shared by the build and by the set-up that decides whether one is due. */

/** Entry → bundled program. */
export const PROGRAMS = {
  'packages/agent/src/main.ts': 'packages/agent/dist/pikit-agent.mjs',
  'packages/agent/src/cli/main.ts': 'packages/agent/dist/pikit-rpc.mjs',
  'packages/api/src/main.ts': 'packages/api/dist/pikit-api.mjs',
  'deploy/release/src/main.ts': 'deploy/release/dist/pikit-release.mjs',
  'test/demo/main.ts': 'test/demo/dist/demo.mjs',
  'test/bench/main.ts': 'test/bench/dist/bench.mjs',
  'test/bench/server-main.ts': 'test/bench/dist/file-server.mjs',
  'test/bench/link-main.ts': 'test/bench/dist/link.mjs',
  'test/bench/api/client-main.ts': 'test/bench/dist/api-client.mjs',
  'test/bench/api/hello-main.ts': 'test/bench/dist/api-hello.mjs',
  'test/bench/api/loop-delay.ts': 'test/bench/dist/api-loop-delay.mjs',
};

/** Where the build tells which modules ended up in which output, for the list of third parties. */
export const MODULES = 'deploy/product/dist/modules.json';

export const UI = 'packages/ui/dist';

/** The element, which every page of the UI loads: the last thing that vite would leave out. */
export const OUTPUTS = [...Object.values(PROGRAMS), `${UI}/pikit-updates.js`, MODULES];

/** Files and directories; a directory counts with everything below it but `dist`. */
export const SOURCES = [
  'packages/protocol/src',
  'packages/agent/src',
  'packages/api/src',
  'packages/ui/src',
  'deploy/release/src',
  'packages/ui/public',
  'packages/ui/index.html',
  'packages/ui/vite.config.ts',
  'test/demo',
  'test/bench',
  'test/support',
  'deploy/build.mjs',
  'deploy/outputs.mjs',
  'deploy/pack.mjs',
  'package.json',
  'package-lock.json',
];

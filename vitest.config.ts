/** One project per tier, so that `vitest run --project unit` answers in seconds. */
import { defineConfig } from 'vitest/config';

const tier = (name: string, include: string, seconds: number) => ({
  test: { name, include: [include], testTimeout: seconds * 1000, hookTimeout: seconds * 1000 },
});

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    projects: [
      tier('unit', '{packages/*,deploy/release}/test/**/*.test.{ts,tsx}', 20),
      tier('contract', 'test/contract/**/*.test.ts', 20),
      tier('architecture', 'test/architecture/**/*.test.ts', 20),
      tier('support', 'test/{support,demo,fixtures}/**/*.test.ts', 60),
      tier('crash', 'test/crash/**/*.test.ts', 120),
      tier('security', 'test/security/**/*.test.ts', 120),
      tier('fuzz', 'test/fuzz/**/*.test.ts', 120),
      tier('integration', 'test/integration/**/*.test.ts', 120),
      tier('system', 'test/system/**/*.test.ts', 600),
      tier('browser', 'test/browser/**/*.test.ts', 300),
    ],
  },
});

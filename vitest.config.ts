/**
 * One project per tier, so that `vitest run --project unit` answers in seconds. Limits of time are for what hangs: nothing may
 * fail because the machine is slow or busy.
 */
import { spawnSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type Reporter, type TestSpecification } from 'vitest/node';

const MEMORY = '/dev/shm';
const ROOM_BYTES = 2 * 1024 ** 3;

/**
 * Where tests make their directories: in memory, where syncing costs nothing. What is on the disk after a crash is tested
 * with filesystems of the tests' own. A container may have little room there, or allow no programs.
 */
function placeForTests(): string {
  if (process.env['TMPDIR'] !== undefined) return tmpdir();
  const program = join(MEMORY, `pk-${String(process.pid)}`);
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
    return bavail * bsize > ROOM_BYTES && spawnSync(program).status === 0 ? MEMORY : tmpdir();
  } catch {
    // because there is no such place
    return tmpdir();
  } finally {
    rmSync(program, { force: true });
  }
}

/** Tiers with files that last for minutes. They begin, so that in the end nobody waits for one of them alone. */
const LONG = ['system', 'browser', 'crash', 'security'];

const placeOf = ({ project }: TestSpecification): number =>
  [...LONG, project.name].indexOf(project.name);

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}

/**
 * A failed test has a second try, and the end of the run names each that needed it: one hiccup of a shared machine in
 * thousands of tests must not hide what they say. Where chance looks for faults, a fault that is seen once counts.
 */
const SECOND_TRY = { count: 1, condition: /^(?!Property failed)/ };
const BY_CHANCE = new Set(['crash', 'security', 'fuzz']);

const secondTries: Reporter = {
  onTestRunEnd(modules) {
    for (const { children } of modules) {
      for (const test of children.allTests('passed')) {
        if ((test.diagnostic()?.retryCount ?? 0) > 0) {
          const name = `${test.module.relativeModuleId} > ${test.fullName}`;
          process.stdout.write(`passed only at the second try: ${name}\n`);
          // Nothing else tells of it, and the state that has made it fail is gone.
          for (const { message, diff = '', stacks } of test.result().errors ?? []) {
            const places = stacks.map(({ file, line }) => `  at ${file}:${String(line)}`);
            process.stdout.write([message, diff, ...places, ''].join('\n'));
          }
        }
      }
    }
  },
};

/** Texts name times of day, and a test of them must read the same everywhere. */
const env = { TMPDIR: placeForTests(), TZ: 'UTC' };

const tier = (name: string, include: string, seconds: number, isolate = true) => ({
  test: {
    name,
    include: [include],
    testTimeout: seconds * 1000,
    hookTimeout: seconds * 1000,
    expect: { poll: { timeout: 60_000 } },
    env,
    isolate,
    retry: BY_CHANCE.has(name) ? 0 : SECOND_TRY,
  },
});

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    // More than processors, because most tests wait most of the time: for children, for sockets, for patience to end.
    maxWorkers: availableParallelism() + 1,
    reporters: ['default', secondTries],
    sequence: { sequencer: LongFirst },
    projects: [
      tier('unit', '{packages/*,deploy/release}/test/**/*.test.{ts,tsx}', 120, false),
      tier('contract', 'test/contract/**/*.test.ts', 120),
      tier('architecture', 'test/architecture/**/*.test.ts', 120),
      tier('support', 'test/{support,demo,fixtures,bench}/**/*.test.ts', 120),
      tier('crash', 'test/crash/**/*.test.ts', 300),
      tier('security', 'test/security/**/*.test.ts', 300),
      tier('fuzz', 'test/fuzz/**/*.test.ts', 300),
      tier('integration', 'test/integration/**/*.test.ts', 300),
      tier('system', 'test/system/**/*.test.ts', 900),
      tier('browser', 'test/browser/**/*.test.ts', 300),
    ],
  },
});

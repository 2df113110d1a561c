/**
 * `npm start -- --check`: the whole way in a fresh sandbox, judged from outside: what the browser gets over HTTP and what
 * stands on the disk. It never looks into the processes.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createApiClient } from '../support/api-client.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { CHECK_STEPS } from './check-steps.ts';
import type { Closers } from './closers.ts';
import { startDemo, type Demo } from './start-demo.ts';

interface Needs {
  readonly say: (line: string) => void;
  readonly closers: Closers;
  /** Resolves when somebody wants the check to end early. */
  readonly interrupted: Promise<string>;
}

/** Any port will do: the search for a free one begins here, away from a demo that somebody is looking at. */
const FIRST_PORT = 18_420;

/** True when every step held. A step that fails ends the walk, because the later ones stand on it. */
export async function runCheck({ say, closers, interrupted }: Needs): Promise<boolean> {
  const began = performance.now();
  const temp = await makeTempDir();
  await closers.add(() => temp.remove());
  let demo: Demo | undefined;
  const stop = interrupted.then((signal) => Promise.reject(new Error(`interrupted by ${signal}`)));
  stop.catch(() => undefined); // because it may come when no step listens any more
  const step = async (name: string, work: () => Promise<void>): Promise<boolean> => {
    try {
      await Promise.race([work(), stop]);
      say(`ok   ${name}`);
      return true;
    } catch (error) {
      say(`FAIL ${name}: ${messageOf(error)}`);
      if (demo !== undefined) say(`\n${demo.stack.output()}`);
      return false;
    }
  };

  // Not raced against an interruption: what is being started must be known before it can be ended.
  const starting = startDemo({
    sandbox: temp.path,
    reset: false,
    port: FIRST_PORT,
    closers,
    onUnexpectedEnd: (_, words) => say(`FAIL ended unexpectedly: ${words}`),
  });
  const running = await step('release server, front server, agent and api run', async () => {
    demo = await starting;
  });
  await starting.catch(() => undefined); // because the step has said it
  if (!running || demo === undefined) return false;

  const context = { demo, client: createApiClient(demo.url) };
  for (const { name, run } of CHECK_STEPS) {
    if (!(await step(name, () => run(context)))) return false;
  }
  const clean = await step('everything ends and leaves nothing behind', async () => {
    await closers.closeAll();
    assert.equal(existsSync(temp.path), false, `${temp.path} is still there`);
    await assert.rejects(fetch(context.demo.url), 'the dashboard still answers');
  });
  if (clean) say(`\nAll steps passed in ${((performance.now() - began) / 1000).toFixed(1)} s.`);
  return clean;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

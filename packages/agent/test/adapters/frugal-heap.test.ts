/** What the process needs for the same work with it and without; in processes of their own, because it cannot be taken back. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from 'esbuild';
import { repositoryRoot } from '../../../../test/support/repository-root.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';

let dir: TempDir;
let program: string;
beforeAll(async () => {
  dir = await makeTempDir();
  program = join(dir.path, 'frugal-heap.mjs');
  const source = join(repositoryRoot(), 'packages/agent/src/adapters/frugal-heap.ts');
  await build({
    entryPoints: [source],
    outfile: program,
    format: 'esm',
    bundle: true,
    platform: 'node',
  });
});
afterAll(() => dir.remove());

/** Megabytes, at the most, while half a million objects are made, of which a tenth is kept for a while. */
function peak(before: string): number {
  // Not `maxRSS`, which begins with what the parent had.
  const work = `
    import { readFileSync } from 'node:fs';
    ${before}
    let kept = [];
    for (let round = 0; round < 200; round += 1) {
      kept.push(JSON.parse(JSON.stringify(Array.from({ length: 2500 }, (_, i) => ({ path: 'a/' + i, size: i })))));
      if (kept.length > 40) kept = kept.slice(-20);
    }
    const status = readFileSync('/proc/self/status', 'utf8');
    process.stdout.write(String(Number(/VmHWM:\\s+(\\d+)/.exec(status)[1]) / 1024));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', work], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return Number(stdout);
}

describe('keepHeapSmall', () => {
  it('saves memory for work that makes much garbage', () => {
    const usual = peak('');
    const frugal = peak(
      `import { keepHeapSmall } from ${JSON.stringify(program)}; keepHeapSmall();`,
    );
    expect(frugal).toBeLessThan(0.85 * usual);
  });
});

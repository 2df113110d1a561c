/** A child that dies must be explained, and one that does not listen must be ended all the same. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lastWords, startChild, type Child } from './child.ts';
import { withTempDir } from './temp-dir.ts';
import { waitFor } from './wait-for.ts';

async function withProgram(source: string, work: (child: Child, ends: string[]) => Promise<void>) {
  await withTempDir(async (dir) => {
    const script = join(dir, 'program.mjs');
    await writeFile(script, source);
    const ends: string[] = [];
    const onUnexpectedEnd = (child: Child): void => {
      ends.push(lastWords(child));
    };
    const child = startChild({
      name: 'program',
      args: [script],
      env: process.env,
      onUnexpectedEnd,
    });
    try {
      await work(child, ends);
    } finally {
      await child.kill();
    }
  });
}

describe('startChild', () => {
  it('tells when the program dies, with its last words', async () => {
    const source = "console.log('one'); console.error('two'); process.exit(3);";
    await withProgram(source, async (_, ends) => {
      const words = await waitFor('the end', () => ends[0]);
      expect(words).toContain('program (exit code 3), its last lines:');
      expect(words).toContain('two');
    });
  });

  it('ends one that listens, and does not call that unexpected', async () => {
    const source =
      "process.on('SIGTERM', () => process.exit(0)); console.log('up'); setInterval(() => {}, 9);";
    await withProgram(source, async (child, ends) => {
      await waitFor('the program', () => child.output().includes('up'));
      await child.stop(60_000);
      expect(child.ended()).toBe('exit code 0');
      expect(ends).toEqual([]);
    });
  });

  it('kills one that does not listen', async () => {
    const source = "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 9);";
    await withProgram(source, async (child) => {
      await waitFor('the program', () => child.output().includes('up'));
      await child.stop(100);
      expect(child.ended()).toBe('signal "SIGKILL"');
    });
  });
});

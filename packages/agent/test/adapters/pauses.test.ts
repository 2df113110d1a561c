/** A pause that a server asked for outlives the process, and nothing else does. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { createDisk } from '../../src/adapters/disk-posix.ts';
import { createPauses } from '../../src/adapters/pauses.ts';

const HOST = 'https://git.example';

/** `at` moves the clock; each `pauses()` is another process. */
function withPauses(
  work: (scene: {
    readonly pauses: () => ReturnType<typeof createPauses>;
    readonly at: (time: string) => void;
    readonly file: string;
  }) => Promise<void>,
): Promise<void> {
  return withTempDir(async (root) => {
    let now = '2026-11-26T10:00:00.000Z';
    const disk = createDisk({ root });
    await work({
      pauses: () => createPauses({ disk, clock: { now: () => now }, path: '/pauses.json' }),
      at: (time) => (now = `2026-11-26T${time}.000Z`),
      file: join(root, 'pauses.json'),
    });
  });
}

describe('createPauses', () => {
  it('leaves a server alone until the time has come, also in the next process', () =>
    withPauses(async ({ pauses, at }) => {
      const begun = await pauses().begin(`${HOST}/api?secret`, 60_000);
      const due = { url: HOST, until: '2026-11-26T10:01:00.000Z' };
      expect(begun.toView()).toEqual({
        code: 'source-limited',
        details: { ...due, retryAfterSeconds: 60 },
      });
      at('10:00:59');
      const error = await expectCode(pauses().keep(`${HOST}/other`), 'source-limited');
      expect(error.details).toEqual({ ...due, retryAfterSeconds: 1 });
      await pauses().keep('https://elsewhere.example/api');
      at('10:01:00');
      await pauses().keep(HOST);
    }));

  it('forgets what is over, and what a wrong clock has written', () =>
    withPauses(async ({ pauses, file }) => {
      const past = { 'https://a.example': '2026-11-26T09:00:00.000Z' };
      const wrong = { 'https://b.example': '2099-01-01T00:00:00.000Z' };
      await writeFile(file, JSON.stringify({ ...past, ...wrong }));
      await pauses().keep('https://b.example');
      await pauses().begin(HOST, 1000);
      expect(Object.keys(JSON.parse(await readFile(file, 'utf8')) as object)).toEqual([HOST]);
    }));

  it.each(['', '{', '[]', '{"https://git.example":"soon"}', 'x'.repeat(20_000)])(
    'takes a damaged record for none: %s',
    (text) =>
      withPauses(async ({ pauses, file }) => {
        await writeFile(file, text);
        await pauses().keep(HOST);
        await pauses().begin(HOST, 1000);
        await expectCode(pauses().keep(HOST), 'source-limited');
      }),
  );

  it('says so even where it cannot be written', () =>
    withTempDir(async (root) => {
      await writeFile(join(root, 'file'), '');
      const clock = { now: () => '2026-11-26T10:00:00.000Z' };
      const pauses = createPauses({ disk: createDisk({ root }), clock, path: '/file/pauses' });
      expect((await pauses.begin(HOST, 1000)).code).toBe('source-limited');
    }));
});

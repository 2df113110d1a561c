/** What goes through the card lies in the image afterwards, and each request has waited. */
import { open, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withTempDir } from '../support/temp-dir.ts';
import { CARD_PROGRAMS, insertCard } from './card.ts';
import { reasonAgainst } from './programs.ts';

const CARD = { megabytesPerSecond: 100, readMs: 1, writeMs: 30 };
const BYTES = 4 * 1024 * 1024;
const TIMES = 5;
const reason =
  reasonAgainst(CARD_PROGRAMS) ?? (process.getuid?.() === 0 ? undefined : 'that needs root');

it.skipIf(reason !== undefined)(
  `is slow, and keeps what it is given${reason === undefined ? '' : ` (${reason})`}`,
  () =>
    withTempDir(async (root) => {
      const image = join(root, 'image');
      await writeFile(image, '');
      await truncate(image, BYTES);
      const { file, eject } = await insertCard(image, CARD);
      const card = await open(file, 'r+');
      expect((await card.stat()).size).toBe(BYTES);
      const began = performance.now();
      for (let time = 0; time < TIMES; time += 1) {
        await card.write(`write ${String(time)}`, time * 4096);
        await card.sync();
      }
      expect(performance.now() - began).toBeGreaterThanOrEqual(TIMES * CARD.writeMs);
      await card.close();
      await eject();
      const content = await readFile(image);
      expect(content.toString('latin1', 4 * 4096, 4 * 4096 + 7)).toBe('write 4');
      expect(content.length).toBe(BYTES);
      // The file is only what it stood on.
      expect((await readFile(file)).length).toBe(0);
    }),
);

it.skipIf(reason !== undefined)('says so when there is nothing to make slow', () =>
  withTempDir(async (root) => {
    await expect(insertCard(join(root, 'no-image'), CARD)).rejects.toThrow('could not make');
  }),
);

/** Key files and trust.json of a real directory. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMinisignKey } from '../../../../../test/support/minisign-key.ts';
import { withTempDir } from '../../../../../test/support/temp-dir.ts';
import { readKeys } from '../../../src/cli/device/keys.ts';
import { readAccounts } from '../../../src/cli/device/place.ts';
import { encodeRecord } from '../../../src/core/record.ts';

const own = createMinisignKey();
const other = createMinisignKey();
const read = async (root: string) => readKeys(root, await readAccounts(root, 0));

describe('readKeys', () => {
  it('finds nothing on a device without keys', () =>
    withTempDir(async (root) => {
      const { facts, signedMs } = await read(root);
      expect(facts).toMatchObject({ files: [], introduced: [], retired: [], damage: undefined });
      expect(facts.directory.kind).toBe('absent');
      expect(signedMs).toBeUndefined();
    }));

  it('reads the files, what releases have said, and when the newest was signed', () =>
    withTempDir(async (root) => {
      const keys = join(root, 'etc/pikit/keys');
      await mkdir(keys, { recursive: true });
      await writeFile(join(keys, 'a.pub'), own.publicFile);
      await writeFile(join(keys, 'b.pub'), 'nothing');
      await writeFile(join(keys, 'README'), 'not a key');
      const state = join(root, 'var/lib/pikit-update');
      await mkdir(state, { recursive: true });
      const seen = { version: '1.1.0', signedAt: '2026-05-04T12:00:00Z', key: own.id };
      const record = {
        introduced: [{ key: other.publicLine, by: own.id, version: '1.1.0' }],
        retired: [{ key: own.id, by: null }],
        seen: { stable: seen },
      };
      await writeFile(join(state, 'trust.json'), encodeRecord(record));
      const { facts, signedMs } = await read(root);
      expect(facts.files.map(({ id }) => id)).toEqual([own.id, undefined]);
      expect(facts).toMatchObject({ introduced: [other.id], retired: [own.id] });
      expect(signedMs).toBe(Date.parse(seen.signedAt));
      await writeFile(join(state, 'trust.json'), '{');
      expect((await read(root)).facts.damage).toBe('not a JSON object');
    }));
});

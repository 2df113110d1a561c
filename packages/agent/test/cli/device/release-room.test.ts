/** How much room the next release may take. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { ReleaseSummarySchema } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../../test/support/temp-dir.ts';
import { aReleaseSummary, aSha256 } from '../../../../protocol/test/sample-documents.ts';
import { readRoomWanted } from '../../../src/cli/device/release-room.ts';

const offered = v.parse(ReleaseSummarySchema, { ...aReleaseSummary(), bundleBytes: 5000 });

describe('readRoomWanted', () => {
  it('is that of the larger of the release that runs and the one that is offered', () =>
    withTempDir(async (root) => {
      expect(await readRoomWanted(root, null)).toEqual({ bytes: 0, files: 0 });
      expect(await readRoomWanted(root, offered)).toEqual({ bytes: 5000, files: 0 });
      const own = join(root, 'var/lib/pikit/current/.pikit');
      await mkdir(own, { recursive: true });
      const files = [{ path: 'a', sha256: aSha256(), mode: 0o644, size: 7000 }];
      const record = { format: 1, version: '1.0.0', files };
      await writeFile(join(own, 'tree.json'), JSON.stringify(record));
      expect(await readRoomWanted(root, offered)).toEqual({ bytes: 7000, files: 1 });
      await writeFile(join(own, 'tree.json'), 'torn');
      expect(await readRoomWanted(root, null)).toEqual({ bytes: 0, files: 0 });
    }));
});

/**
 * The agent is cut off around every call that changes the disk while one configuration file is edited, one deleted and one
 * untouched: the owner's stay the owner's, the untouched one is of the release that runs, and so is what lies beside.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { JOURNAL_FILE } from '../../packages/agent/src/core/layout.ts';
import type { Policy } from '../../packages/agent/src/core/policy.ts';
import type { MemoryDisk } from '../support/memory-disk/memory-disk.ts';
import { imagesOf } from './images.ts';
import { buildReleases, layMemoryDevice, liveOn, type Published } from './memory-bench.ts';
import { countPoints, crashSeed, createRandom } from './tally.ts';
import { look } from './verdict.ts';

const PAGE = '/srv/web/index.html';
const [EDITED, DELETED, UNTOUCHED] = ['/etc/app/edited', '/etc/app/deleted', '/etc/app/untouched'];
const BESIDE = [EDITED, DELETED, UNTOUCHED].map((path) => `${path}.pikit-new`);

const policy: Partial<Policy> = {
  targets: [
    { from: 'web', to: '/srv/web', kind: 'directory', copy: false },
    { from: 'etc', to: '/etc/app', kind: 'merge', copy: true, config: true },
  ],
  services: [],
};

let published: Published;
beforeAll(async () => {
  const names = ['web/index.html', 'etc/edited', 'etc/deleted', 'etc/untouched'];
  published = await buildReleases(
    ['1.1.0', '1.2.0'].map((version) => ({
      version,
      files: Object.fromEntries(names.map((name) => [name, version])),
    })),
  );
});

async function editedDevice(): Promise<MemoryDisk> {
  const memory = await layMemoryDevice(published);
  await liveOn(memory, published, { policy }).apply('1.1.0');
  await memory.disk.write(EDITED, 'mine', 0o644);
  await memory.disk.remove(DELETED);
  return memory;
}

async function recovered(memory: MemoryDisk, refused: readonly string[]) {
  const { agent, disk } = liveOn(memory, published, { policy, refused });
  await agent.updater.recover();
  const { edited } = await agent.board.snapshot();
  const shown = await look(disk, [PAGE, EDITED, DELETED, UNTOUCHED, ...BESIDE, JOURNAL_FILE]);
  return { shown: Object.values(shown), edited };
}

function expected(version: string) {
  const beside = version === '1.2.0' ? version : undefined;
  return {
    shown: [version, 'mine', undefined, version, beside, beside, undefined, undefined],
    edited: beside === undefined ? [] : [DELETED, EDITED],
  };
}

describe('an end at any moment, with an edited configuration file', () => {
  it.each([
    ['in an update', []],
    ['in an update that undoes itself', ['1.2.0']],
  ])(
    '%s leaves the edit, and the rest of one release',
    { timeout: 30 * 60_000 },
    async (_what, refused) => {
      const seed = crashSeed();
      const memory = await editedDevice();
      const life = liveOn(memory, published, { policy, refused });
      const images = await imagesOf(memory, () => life.apply('1.2.0'), createRandom(seed));
      for (const image of images) {
        const { where } = image;
        const now = await recovered(image.memory, refused);
        const version = refused.length > 0 || now.shown[0] === '1.1.0' ? '1.1.0' : '1.2.0';
        expect({ seed, where, ...now }).toEqual({ seed, where, ...expected(version) });
      }
      countPoints('model', images.length, 0);
      expect(images.length).toBeGreaterThan(300);
    },
  );
});

/**
 * A filesystem that is really too small: refused before a byte is fetched, with the mount and the numbers. And one that
 * fills up midway: the old release, nothing left behind, and the same update once there is room again. A tmpfs, so it needs
 * root.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { open, rm, statfs } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Phase } from '@pikit/protocol';
import { MARGIN } from '../../packages/agent/src/core/space.ts';
import { steps } from '../../packages/agent/src/steps/all.ts';
import type { Step } from '../../packages/agent/src/steps/context.ts';
import {
  aRelease,
  createWorkbench,
  type Workbench,
} from '../../packages/agent/test/support/workbench.ts';
import { expectCode } from '../support/expect-code.ts';
import { OLD, OLD_FILES, OLD_VERSION, sideOf } from './sides.ts';
import { countPoints } from './tally.ts';
import { judge } from './verdict.ts';

const isRoot = process.getuid?.() === 0;
const MIB = 1024 * 1024;
/** Incompressible, so that the bundle is as large, and five times as much is assumed of what is in it. */
const PHOTO = randomBytes(2 * MIB);

let bench: Workbench | undefined;
afterEach(async () => {
  if (bench === undefined) return;
  execFileSync('umount', [bench.host('/var')]);
  await bench.close();
  bench = undefined;
});

/** State, staging, downloads, releases and the web page lie on one small filesystem, as on a card. */
async function deviceWith(options: string, table = steps): Promise<Workbench> {
  const device = await createWorkbench({}, table);
  mkdirSync(device.host('/var'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'pikit-test', device.host('/var')]);
  bench = device;
  for (const [path, content, mode] of OLD_FILES) await device.put(path, content, mode);
  await device.put('/etc/pikit/version', `${OLD_VERSION}\n`);
  const release = aRelease('1.1.0');
  const files = { ...release.files, 'pikit-web/photo.jpg': PHOTO };
  await device.publish({ ...release, files });
  return device;
}

const free = async (device: Workbench) => statfs(device.host('/var'));

describe.runIf(isRoot)(
  `a filesystem that is too small${isRoot ? '' : ' (skipped: not root)'}`,
  () => {
    it.each([
      ['bytes', 'size=24m', 2 * MIB * 6 + MARGIN.bytes],
      ['inodes', 'size=64m,nr_inodes=250', MARGIN.inodes + 15],
    ])('is refused for its %s before a byte is fetched', async (what, options, least) => {
      const device = await deviceWith(options);
      const { source } = device.tools;
      let fetched = 0;
      Object.assign(source, { fetchBundle: async () => (fetched += 1) });
      const { bsize, bavail, ffree } = await free(device);
      const error = await expectCode(device.apply('1.1.0'), 'no-space');
      expect(error.details).toEqual({
        mount: '/var',
        path: expect.stringMatching(/^\/var\//),
        what,
        needed: expect.toSatisfy((needed: number) => needed > least && needed < least * 1.1),
        free: what === 'bytes' ? bsize * bavail : ffree,
      });
      expect(fetched).toBe(0);
      expect(await judge(device.disk, [OLD])).toEqual({ side: OLD, complaints: [] });
    });
  },
);

/** Another program writes to the same card until nothing goes any more. */
async function fill(device: Workbench): Promise<void> {
  const file = await open(device.host('/var/filler'), 'w');
  try {
    for (let size = MIB; size >= 1; size /= 2) await writeUntilFull(file, Buffer.alloc(size));
  } finally {
    await file.close();
  }
}

async function writeUntilFull(
  file: Awaited<ReturnType<typeof open>>,
  chunk: Buffer,
): Promise<void> {
  for (let count = 0; count < 1000; count += 1) {
    try {
      await file.write(chunk);
    } catch {
      // because that is what it is for
      return;
    }
  }
}

function fullAt(phase: Phase): typeof steps {
  const step: Step = async (context, signal) => {
    if (bench !== undefined) await fill(bench);
    await steps[phase](context, signal);
  };
  return { ...steps, [phase]: step };
}

describe.runIf(isRoot)(`a filesystem that fills up${isRoot ? '' : ' (skipped: not root)'}`, () => {
  it.each([
    ['staging', 'failed'],
    ['verifying', 'failed'],
    ['activating', 'rolled-back'],
  ] as const)('in %s: %s, nothing left behind, and later it works', async (phase, outcome) => {
    const device = await deviceWith('size=64m', fullAt(phase));
    const result = await device.apply('1.1.0');
    expect(result).toMatchObject({ outcome, error: { code: 'no-space' } });
    expect(await judge(device.disk, [OLD])).toEqual({ side: OLD, complaints: [] });
    countPoints('enospc', 1, 0);

    await rm(device.host('/var/filler'));
    const next = device.restart();
    await next.updater.apply(await device.wanted('1.1.0'), 'admin');
    expect(await next.updater.settled()).toMatchObject({ outcome: 'committed' });
    const verdict = await judge(device.disk, [sideOf('1.1.0')]);
    expect(verdict.complaints).toEqual([]);
  });
});

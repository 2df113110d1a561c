/** A canary that does not notice proves nothing: each way to touch it must show, and what the agent writes must not. */
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';
import { differences, layCanaries, photograph } from './canary.ts';

let dir: TempDir;
let root: string;
let outside: string;
beforeEach(async () => {
  dir = await makeTempDir();
  root = join(dir.path, 'root');
  outside = join(dir.path, 'outside');
  layCanaries(root, outside);
  mkdirSync(join(root, 'var/lib/pikit/staging'), { recursive: true });
});
afterEach(() => dir.remove());

/** What shows after that. */
function touchedBy(change: () => void): readonly string[] {
  const before = photograph(dir.path, root);
  change();
  return differences(before, photograph(dir.path, root)).map(
    (line) => line.slice(dir.path.length).split(':')[0] ?? '',
  );
}

const WAYS: Readonly<Record<string, () => void>> = {
  'a byte more': () => {
    appendFileSync(join(outside, 'file'), 'x');
  },
  'another file in its place': () => {
    rmSync(join(outside, 'file'));
    writeFileSync(join(outside, 'file'), 'canary\n');
  },
  'another mode': () => {
    chmodSync(join(outside, 'file'), 0o4755);
  },
  'another time': () => {
    utimesSync(join(outside, 'file'), 1, 1);
  },
  'a hard link to it': () => {
    linkSync(join(outside, 'file'), join(root, 'var/lib/pikit/staging/link'));
  },
};

describe('differences', () => {
  it('shows nothing when nothing happened', () => {
    expect(touchedBy(() => undefined)).toEqual([]);
  });

  it.each(Object.entries(WAYS))('shows %s', (_name, change) => {
    expect(touchedBy(change)).toContain('/outside/file');
  });

  it('shows a new name, and where a link now leads', () => {
    const evil = touchedBy(() => {
      writeFileSync(join(root, 'etc/cron.d/evil'), '');
      rmSync(join(outside, 'link'));
      symlinkSync('/etc', join(outside, 'link'));
    });
    expect(evil).toEqual(expect.arrayContaining(['/root/etc/cron.d/evil', '/outside/link']));
  });

  it('shows what is left in staging, but not that the agent was at work there', () => {
    const staging = join(root, 'var/lib/pikit/staging');
    const left = touchedBy(() => {
      writeFileSync(join(staging, 'evil'), '');
    });
    expect(left).toEqual(['/root/var/lib/pikit/staging/evil']);
    expect(
      touchedBy(() => {
        writeFileSync(join(staging, 'more'), '');
        rmSync(join(staging, 'more'));
      }),
    ).toEqual([]);
  });
});

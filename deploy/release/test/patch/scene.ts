/** Two releases of a small dashboard, packed for real, and what a bundler does between them. Each test packs its own. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { packRelease } from '../../src/pack/pack-release.ts';
import type { NewFile } from '../../src/patch/make-patch.ts';
import { unpackOldRelease, type OldRelease } from '../../src/patch/old-release.ts';
import { readReleaseDirectory } from '../../src/release-directory.ts';

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Letters in an order of their own for each seed, which compress badly and do not repeat. */
export function letters(seed: number, length: number): string {
  let state = seed;
  const codes = Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return 97 + ((state >>> 16) % 26);
  });
  return Buffer.from(codes).toString();
}

const APP = letters(1, 60_000);

export const OLD: Files = {
  'assets/index-aaaaaaaa.js': APP,
  'assets/logo.svg': letters(2, 5_000),
  'index.html': '<script src="/assets/index-aaaaaaaa.js"></script>',
  'empty.txt': '',
};

/** The script was renamed and edited in the middle, the page names it anew, and there is a further file. */
export const NEW: Files = {
  'assets/index-bbbbbbbb.js': `${APP.slice(0, 30_000)}NEW CODE${APP.slice(30_100)}`,
  'assets/logo.svg': letters(2, 5_000),
  'assets/nothing.css': '',
  'assets/second.js': `// moved\n${APP.slice(10_000, 20_000)}`,
  'index.html': '<script src="/assets/index-bbbbbbbb.js"></script>',
};

/** Answers with the directory of the release. */
export async function packVersion(
  home: string,
  version: string,
  files: Files,
  previous: readonly string[] = [],
): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    const place = join(home, version, 'dist', path);
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, content);
  }
  const file = join(home, version, 'pikit-release.toml');
  await writeFile(
    file,
    `version = "${version}"\nproduct = "dash"\nchangelog = "https://example.org/"
[[entry]]
from = "dist"
to = "web"
`,
  );
  const said = { version: undefined, released: undefined, epoch: undefined };
  const out = join(home, 'releases');
  await packRelease({ file, out, isForced: false, said, previous });
  return join(out, version);
}

export interface Pair {
  readonly old: OldRelease;
  readonly files: readonly NewFile[];
}

/** 1.0.0 unpacked, and the files of 1.1.0. */
export async function packPair(home: string, before: Files, after: Files): Promise<Pair> {
  const [first, second] = [
    await packVersion(home, '1.0.0', before),
    await packVersion(home, '1.1.0', after),
  ];
  const { manifest } = await readReleaseDirectory(second);
  const files = manifest.files.map(({ path, sha256, mode = '', size = 0, span = [0, 0] }) => {
    const source = join(home, '1.1.0/dist', path.slice('web/'.length));
    return { path, sha256, mode, size, span, source };
  });
  return { old: await unpackOldRelease(first, join(home, 'old')), files };
}

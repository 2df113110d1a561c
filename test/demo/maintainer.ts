/**
 * The demo's maintainer: packs the samples and signs them as a maintainer does, with the commands of `pikit-release` and a key
 * of the sandbox; in this process, because a demo must not keep anybody waiting. What an earlier start did is left as it is.
 */
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { keygen } from '../../deploy/release/src/commands/keygen.ts';
import { pack } from '../../deploy/release/src/commands/pack.ts';
import { sign } from '../../deploy/release/src/commands/sign.ts';
import { loadRelease, type BuiltRelease } from '../support/bundle-builder.ts';
import { SAMPLES, sampleFiles, type SampleVersion } from './sample-dashboard.ts';

export interface Maintainer {
  /** The content of the `.pub` file, for the device. */
  readonly publicKey: string;
  /** As minisign shows it. */
  readonly keyId: string;
  /** There are releases from before there was a key, of an earlier demo. They get a signature as the others do. */
  readonly isLate: boolean;
  /** `changelog`: where people read about it. */
  release(version: SampleVersion, changelog: string): Promise<BuiltRelease>;
}

interface Places {
  /** Key and sources. */
  readonly home: string;
  readonly releases: string;
}

export async function createMaintainer({ home, releases }: Places): Promise<Maintainer> {
  const [open, secret] = [join(home, 'demo.pub'), join(home, 'demo.key')];
  const isNew = !existsSync(open);
  const isLate = isNew && existsSync(releases);
  if (isNew) {
    await mkdir(home, { recursive: true });
    // Alone it is of no use: the start before this one was ended between the two.
    await rm(secret, { force: true });
    await keygen.run({ values: { public: open, secret, 'no-password': true }, positionals: [] });
  }
  const publicKey = await readFile(open, 'utf8');
  return {
    publicKey,
    keyId: /[0-9A-F]{16}/.exec(publicKey)?.[0] ?? '',
    isLate,
    async release(version, changelog) {
      const place = join(releases, version);
      if (!existsSync(join(place, 'manifest.json'))) {
        const config = await laySources(join(home, 'sources', version), version, changelog);
        await pack.run({ values: { config, version, out: releases }, positionals: [] });
      }
      if (!existsSync(join(place, 'manifest.json.minisig'))) {
        await sign.run({ values: { key: secret }, positionals: [place] });
      }
      return loadRelease(version, releases);
    },
  };
}

/** What a maintainer has after a build of the dashboard. Returns the path of the configuration. */
async function laySources(
  directory: string,
  version: SampleVersion,
  changelog: string,
): Promise<string> {
  const files = Object.entries(await sampleFiles(version));
  for (const [path, source] of files) {
    const isPlain = typeof source === 'string' || source instanceof Uint8Array;
    const { content, mode = '644' } = isPlain ? { content: source } : source;
    const place = join(directory, path);
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, content);
    await chmod(place, Number.parseInt(mode, 8));
  }
  await writeFile(join(directory, 'notes.md'), SAMPLES[version].notes);
  const roots = new Set(files.map(([path]) => path.split('/')[0] ?? path));
  const config = [
    'product = "pi-kit"',
    `changelog = "${changelog}"`,
    'notes = "notes.md"',
    'post_install = ["restart dietpi-dashboard-frontend.service"]',
    ...[...roots].map((root) => `[[entry]]\nfrom = "${root}"\nto = "${root}"`),
  ].join('\n');
  const file = join(directory, 'pikit-release.toml');
  await writeFile(file, `${config}\n`);
  return file;
}

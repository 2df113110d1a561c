/** What the corpus of hostile releases does to a bundle, the packer would notice in its own: by the same codes. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aVersion } from '../../../../packages/agent/test/support/a-manifest.ts';
import { EXPANSION as AGENT_EXPANSION } from '../../../../packages/agent/src/adapters/expansion-limits.ts';
import { parseManifest } from '../../../../packages/agent/src/core/manifest.ts';
import { CORPUS } from '../../../../test/fixtures/hostile/corpus.ts';
import { ODD } from '../../../../test/fixtures/hostile/odd.ts';
import { member, tarGz } from '../../../../test/fixtures/hostile/raw-tar.ts';
import {
  bundleCase,
  honestFiles,
  honestManifest,
  json,
  type OddCase,
} from '../../../../test/fixtures/hostile/release.ts';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createMinisignKey } from '../../../../test/support/minisign-key.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { checkBundle, EXPANSION } from '../../src/pack/check-bundle.ts';

let dir: TempDir;
beforeAll(async () => {
  dir = await makeTempDir();
});
afterAll(() => dir.remove());

const site = { version: '2.0.0', outside: '/outside', key: createMinisignKey() };

async function check({ publish }: OddCase): Promise<void> {
  const { bundle, manifest } = publish(site);
  const place = join(dir.path, 'bundle');
  await writeFile(place, bundle);
  await checkBundle(place, parseManifest(manifest, aVersion(site.version)));
}

/** Content is known from having written it, so only what else can be wrong. */
const ARCHIVES = (['names', 'types', 'headers', 'structure'] as const)
  .flatMap((category) => CORPUS[category])
  .filter(({ code }) => code !== 'hash-mismatch');

describe('checkBundle', () => {
  it.each(ARCHIVES)('refuses $name', async (hostile) => {
    await expectCode(check(hostile), hostile.code);
  });

  it.each(ODD)('accepts $name', async (odd) => {
    await expect(check(odd)).resolves.toBeUndefined();
  });

  it('refuses what is no gzip', async () => {
    const garbage = bundleCase('garbage', 'bundle-invalid', () => Buffer.from('garbage'));
    await expectCode(check(garbage), garbage.code);
  });

  it('refuses what a device takes for a bomb, by the same numbers', async () => {
    const { barrenBytes: _others, ...same } = AGENT_EXPANSION;
    expect(EXPANSION).toEqual(same);
    const zeros = Buffer.alloc(EXPANSION.freeBytes);
    const bomb = bundleCase('a bomb', 'too-large', () =>
      tarGz(member({ name: 'pikit-web/index.html', content: zeros })),
    );
    await expectCode(check(bomb), bomb.code);
  });

  it('refuses a file of another size than the manifest says', async () => {
    const [file, script] = honestFiles(site.version);
    const manifest = honestManifest(site.version);
    const files = [{ ...(manifest['files'] as object[])[0], size: 1 }];
    const publish = () => ({
      bundle: tarGz(member(file), member(script)),
      manifest: json({ ...manifest, files }),
    });
    await expectCode(check({ name: 'another size', publish }), 'hash-mismatch');
  });
});

/** The command line of `pack`: its options, and what it answers. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import type { Arguments } from '../../src/command.ts';
import { pack } from '../../src/commands/pack.ts';
import { readReleaseDirectory } from '../../src/release-directory.ts';
import { letters } from '../patch/scene.ts';

let dir: TempDir;
beforeEach(async () => {
  dir = await makeTempDir();
  await mkdir(join(dir.path, 'dist'));
  await writeFile(join(dir.path, 'dist/a.js'), 'a');
  await writeFile(
    join(dir.path, 'pack.toml'),
    'changelog = "https://example.org"\n[[entry]]\nfrom = "dist"\nto = "web"\nmode = "4755"\n',
  );
});
afterEach(() => dir.remove());

const run = (values: Arguments['values'], ...positionals: readonly string[]) =>
  pack.run({
    values: { config: join(dir.path, 'pack.toml'), out: join(dir.path, 'out'), ...values },
    positionals,
  });

describe('pack', () => {
  it('answers with a document and with lines for a person', async () => {
    const { document, text } = await run({ version: '1.4.0', released: '2026-11-26' });
    const place = join(dir.path, 'out/1.4.0');
    expect(document).toMatchObject({
      bundle: join(place, 'pikit-1.4.0.tar.gz'),
      manifest: join(place, 'manifest.json'),
      files: 1,
    });
    expect(text).toContain('warning   web/a.js has mode 4755, which needs a signature');
    const { manifest } = await readReleaseDirectory(place);
    expect(manifest.released).toBe('2026-11-26T00:00:00Z');
  });

  it('says from where a patch leads here, and from where none does', async () => {
    const out = join(dir.path, 'out');
    await writeFile(join(dir.path, 'dist/a.js'), letters(1, 9000));
    await run({ version: '1.4.0' });
    await writeFile(join(dir.path, 'dist/a.js'), letters(2, 9000));
    await run({ version: '1.4.1' });
    await writeFile(join(dir.path, 'dist/a.js'), `${letters(2, 9000)}edited`);
    const previous = ['1.4.0', '1.4.1'].map((version) => join(out, version));
    const { document, text } = await run({ version: '1.5.0', previous });
    expect(document).toMatchObject({
      patches: [
        { from: '1.4.0', size: null },
        { from: '1.4.1', size: expect.any(Number) },
      ],
    });
    expect(text).toMatch(/patch +from 1\.4\.0: none.*\npatch +from 1\.4\.1: \d\d bytes/);
  });

  it('tells whoever waits what it is at', async () => {
    await run({ version: '1.4.0' });
    const previous = [join(dir.path, 'out/1.4.0')];
    const values = { config: join(dir.path, 'pack.toml'), out: join(dir.path, 'out'), previous };
    const told: string[] = [];
    const args = { values: { ...values, version: '1.4.1' }, positionals: [] };
    await pack.run(args, (words) => told.push(words));
    expect(told).toEqual([
      'files to pack: 1',
      `making the patch from ${previous[0]}`,
      'reading it back as a device does',
    ]);
  });

  it('replaces a release only with --force', async () => {
    await run({ version: '1.4.0' });
    await writeFile(join(dir.path, 'dist/a.js'), 'b');
    await expectCode(run({ version: '1.4.0' }), 'invalid-request');
    expect((await run({ version: '1.4.0', force: true })).document).toMatchObject({ files: 1 });
  });

  it.each([
    ['a version that is none', 'invalid-request', { version: '1.4' }],
    ['no version', 'config-invalid', {}],
    ['no configuration', 'config-invalid', { version: '1.4.0', config: 'nowhere.toml' }],
  ] as const)('refuses %s', async (_what, code, values) => {
    await expectCode(run(values), code);
  });

  it('takes no words', async () => {
    await expectCode(run({ version: '1.4.0' }, 'dist'), 'invalid-request');
  });
});

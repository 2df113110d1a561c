/** The command line of `pack`: its options, and what it answers. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { pack } from '../../src/commands/pack.ts';
import { readReleaseDirectory } from '../../src/release-directory.ts';

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

const run = (values: Record<string, string | boolean>, ...positionals: readonly string[]) =>
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

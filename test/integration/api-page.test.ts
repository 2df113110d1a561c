/**
 * The commands of docs/api.md, all blocks of `sh` as one script in their order, with the real curl against the real agent and
 * api. Only the address and the password are the test's own.
 */
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildRelease } from '../support/bundle-builder.ts';
import { createMinisignKey } from '../support/minisign-key.ts';
import { blocksOf } from '../support/page-blocks.ts';
import { tarRelease } from '../support/release-file.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { aPage, openScene, type Scene } from './scene.ts';

const DOCS = join(repositoryRoot(), 'docs');
const ADDRESS = 'http://127.0.0.1:8421';
const MINUTES_MS = 180_000;

const hasCurl = spawnSync('curl', ['--version']).error === undefined;
const NOTE = hasCurl ? '' : ' (skipped: there is no curl here)';

const maintainer = createMinisignKey();

let scene: Scene;
beforeEach(async () => {
  scene = await openScene({ keys: { maintainer: maintainer.publicFile } });
});
afterEach(() => scene.close());

/** The script ends at the first command that fails, and this then rejects with all that was said. */
async function run(script: string): Promise<string> {
  const cwd = join(scene.root, 'home');
  await mkdir(cwd);
  await writeFile(join(cwd, 'password.json'), JSON.stringify({ password: scene.stack.password }));
  const release = { ...aPage('1.2.0'), signer: maintainer };
  const built = await buildRelease(release, join(scene.root, 'built'));
  await tarRelease(built.dir, join(cwd, 'release.tar'));
  const options = { cwd, timeout: MINUTES_MS, maxBuffer: 16 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)('sh', ['-euc', script], options);
  return stdout;
}

describe('docs/api.md', () => {
  it.skipIf(!hasCurl)(
    `has commands that do what they say${NOTE}`,
    { timeout: MINUTES_MS },
    async () => {
      await scene.publish({
        version: '1.1.0',
        signer: maintainer,
        files: { 'pikit-web/index.html': 'new page', 'pikit-api.py': 'new api' },
        manifest: { notes: '**New** page.' },
      });
      const page = await readFile(join(DOCS, 'api.md'), 'utf8');
      const blocks = blocksOf(page).filter(
        ({ language, notRun }) => language === 'sh' && notRun === undefined,
      );
      const script = blocks.map(({ text }) => text).join('\n');
      expect(script).toContain(ADDRESS);
      const said = await run(script.replaceAll(ADDRESS, scene.stack.apiUrl()));

      expect(said).toContain('<p><strong>New</strong> page.</p>');
      expect(said).toContain('"outcome":"committed"');
      expect(said).toMatch(/committed$/m);
      expect(said).toMatch(/^1\.2\.0$/m);
      expect(said).toContain('pikit_transactions{outcome="committed"} 2');
      expect(said).toContain('"code":"unauthenticated"');
      expect(said.trim().endsWith('{"signedIn":false}')).toBe(true);
      expect(await scene.see('/var/www/pikit-web/index.html')).toBe('old page');
      // The page has ended all sessions but its own.
      expect((await scene.client.get('/api/update/status')).status).toBe(401);
      await scene.client.signIn(scene.stack.password);
      expect(await scene.client.status()).toMatchObject({ settings: { autoCheck: false } });
      const served = await readFile(join(scene.root, 'home/openapi.json'), 'utf8');
      expect(JSON.parse(served)).toEqual(
        JSON.parse(await readFile(join(DOCS, 'openapi.json'), 'utf8')),
      );
    },
  );

  it('names every call that there is', async () => {
    const page = await readFile(join(DOCS, 'api.md'), 'utf8');
    const { paths } = JSON.parse(await readFile(join(DOCS, 'openapi.json'), 'utf8')) as {
      readonly paths: object;
    };
    expect(Object.keys(paths).filter((path) => !page.includes(path))).toEqual([]);
  });
});

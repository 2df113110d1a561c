/** The sample must be what the demo claims: complete pages whose assets exist, except in the release that is broken on purpose. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sampleFiles, type SampleVersion } from './sample-dashboard.ts';

const textOf = async (version: SampleVersion, path: string) => {
  const source = (await sampleFiles(version))[path];
  if (typeof source === 'string') return source;
  if (source === undefined || source instanceof Uint8Array) throw new Error(`no text at ${path}`);
  return String(source.content);
};
const assetsNamedBy = (page: string) =>
  [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, path]) => `pikit-web/${path}`);

describe('sampleFiles', () => {
  it.each(['1.0.0', '1.1.0'] as const)(
    'brings every asset that its page names: %s',
    async (version) => {
      const files = await sampleFiles(version);
      const named = assetsNamedBy(await textOf(version, 'pikit-web/index.html'));
      expect(named).toHaveLength(2);
      for (const path of named) expect(Object.keys(files)).toContain(path);
    },
  );

  it('names assets by their content', async () => {
    const path = assetsNamedBy(await textOf('1.1.0', 'pikit-web/index.html'))[0] ?? '';
    const digest = createHash('sha256')
      .update(await textOf('1.1.0', path))
      .digest('hex');
    expect(path).toContain(digest.slice(0, 8));
  });

  it('makes a page of 1.2.0 that names a script which is not there', async () => {
    const files = Object.keys(await sampleFiles('1.2.0'));
    const named = assetsNamedBy(await textOf('1.2.0', 'pikit-web/index.html'));
    expect(named.filter((path) => !files.includes(path))).toEqual([
      'pikit-web/assets/app-00000000.js',
    ]);
  });

  it('says its version on the page and in the scripts, and changes visibly', async () => {
    const [before, after] = [
      await textOf('1.0.0', 'pikit-web/index.html'),
      await textOf('1.1.0', 'pikit-web/index.html'),
    ];
    expect(before).toContain('<meta name="version" content="1.0.0" />');
    expect(after).toContain('<meta name="version" content="1.1.0" />');
    expect([before.includes('Backups'), after.includes('Backups')]).toEqual([false, true]);
    expect(await textOf('1.1.0', 'pikit-api.py')).toContain('VERSION = "1.1.0"');
    expect(after).toContain('<pikit-updates base="/api">');
  });

  it('leaves no placeholder behind', async () => {
    const all = JSON.stringify(await sampleFiles('1.1.0'));
    expect(all).not.toMatch(/__[A-Z_]+__|more cards/);
  });
});

/** Files of the UI: the right ones, with the right headers, and nothing from elsewhere. */
import { mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assetName } from '../src/assets.ts';
import { createApiFixture, type ApiFixture } from './support/api-fixture.ts';

let api: ApiFixture;
const write = async (name: string, text: string): Promise<void> => {
  const path = join(api.uiDirectory, name);
  await writeFile(path, text);
  await utimes(path, 0, 0);
};

beforeEach(async () => {
  api = await createApiFixture();
  await mkdir(join(api.uiDirectory, 'assets'));
  await write('index.html', '<h1>old</h1>');
  await write('pikit-updates.js', 'export {};');
  await write('assets/app-1a2b3c.css', 'p{}');
  await write('.secret', 'x');
  await writeFile(join(api.directory, 'outside.txt'), 'x');
});
afterEach(() => api.stop());

const ask = (accepted: string) =>
  api.request('/assets/app-1a2b3c.css', { headers: { 'accept-encoding': accepted } });

describe('serveAssets', () => {
  it.each([
    ['/', 'text/html; charset=utf-8', 'no-cache'],
    ['/index.html', 'text/html; charset=utf-8', 'no-cache'],
    ['/pikit-updates.js', 'text/javascript; charset=utf-8', 'no-cache'],
    ['/updates/pikit-updates.js', 'text/javascript; charset=utf-8', 'no-cache'],
    ['/assets/app-1a2b3c.css', 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/updates/', 'text/html; charset=utf-8', 'no-cache'],
  ])('serves %s as %s, cached as %s', async (path, type, cache) => {
    const answer = await api.request(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe(type);
    expect(answer.headers.get('cache-control')).toBe(cache);
    const tag = answer.headers.get('etag') ?? '';
    const again = await api.request(path, { headers: { 'if-none-match': `"x", W/${tag}` } });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
  });

  it('changes the tag with the content, even if size and time stay', async () => {
    const tag = (await api.request('/')).headers.get('etag') ?? '';
    await write('index.html', '<h1>new</h1>');
    const answer = await api.request('/', { headers: { 'if-none-match': tag } });
    expect(await answer.text()).toBe('<h1>new</h1>');
  });

  it('follows the directory when an update switches it', async () => {
    await rename(api.uiDirectory, join(api.directory, 'v1'));
    await mkdir(join(api.directory, 'v2'));
    await symlink('v1', api.uiDirectory);
    expect((await api.request('/')).status).toBe(200);
    await symlink('v2', join(api.directory, 'next'));
    await rename(join(api.directory, 'next'), api.uiDirectory);
    expect((await api.request('/')).status).toBe(404);
  });

  it('does not follow symlinks out of the directory, also through a directory', async () => {
    await symlink(join(api.directory, 'outside.txt'), join(api.uiDirectory, 'link.txt'));
    await symlink(api.directory, join(api.uiDirectory, 'up'));
    await symlink('loop', join(api.uiDirectory, 'loop'));
    for (const path of ['/link.txt', '/up/outside.txt', '/loop', '/assets']) {
      expect([path, (await api.request(path)).status]).toEqual([path, 404]);
    }
  });

  it('does not confuse a directory with one whose name begins alike', async () => {
    await mkdir(`${api.uiDirectory}-private`);
    await writeFile(`${api.uiDirectory}-private/key`, 'x');
    await symlink(`${api.uiDirectory}-private/key`, join(api.uiDirectory, 'key'));
    expect((await api.request('/key')).status).toBe(404);
  });

  it.each([
    '/.secret',
    '/updates/.secret',
    '/..%2foutside.txt',
    '/%2e%2e/outside.txt',
    '/assets/..%2f..%2foutside.txt',
    '/assets//app-1a2b3c.css',
    '/index.html/',
    '/index.html%00.js',
    '/%',
    '/nowhere.js',
    `/${'x'.repeat(5000)}`,
  ])('has nothing at %s', async (path) => {
    const answer = await api.request(path);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('sends what the build has packed to whoever takes it', async () => {
    await write('assets/app-1a2b3c.css.gz', 'packed');
    for (const accepted of ['gzip', 'br, gzip;q=0.8', 'GZIP']) {
      const answer = await ask(accepted);
      expect(answer.headers.get('content-encoding')).toBe('gzip');
      expect(answer.headers.get('content-type')).toBe('text/css; charset=utf-8');
      expect(answer.headers.get('vary')).toBe('accept-encoding');
      expect(await answer.text()).toBe('packed');
    }
    const packed = await ask('gzip');
    for (const accepted of ['', 'br', 'gzip;q=0', 'gzip; q=0.00', 'x-gzipped']) {
      const answer = await ask(accepted);
      expect([accepted, answer.headers.get('content-encoding')]).toEqual([accepted, null]);
      expect(answer.headers.get('vary')).toBe('accept-encoding');
      expect(answer.headers.get('etag')).not.toBe(packed.headers.get('etag'));
      expect(await answer.text()).toBe('p{}');
    }
  });

  it('has chunks of the release before for a page that is still open, and nothing else of it', async () => {
    const trees = join(api.directory, 'var/lib/pikit/releases');
    const [before, now] = [join(trees, '1.0.0-aa/ui'), join(trees, '1.1.0-bb/ui')];
    for (const tree of [before, now]) await mkdir(join(tree, 'assets'), { recursive: true });
    await writeFile(join(before, 'index.html'), 'old page');
    await writeFile(join(before, 'only-before.js'), 'x');
    await writeFile(join(before, 'assets/lazy-0a0a.js'), 'old chunk');
    await writeFile(join(now, 'index.html'), 'new page');
    await writeFile(join(now, 'assets/lazy-1b1b.js'), 'new chunk');
    await symlink(join(api.directory, 'outside.txt'), join(before, 'assets/out-2c2c.js'));
    await mkdir(join(api.directory, 'foreign/ui/assets'), { recursive: true });
    await writeFile(join(api.directory, 'foreign/ui/assets/else-3d3d.js'), 'x');
    await symlink(join(api.directory, 'foreign'), join(trees, 'elsewhere'));
    await rm(api.uiDirectory, { recursive: true });
    await symlink(now, api.uiDirectory);
    const text = async (path: string) => {
      const answer = await api.request(path);
      return answer.status === 200 ? answer.text() : answer.status;
    };
    expect(await text('/assets/lazy-1b1b.js')).toBe('new chunk');
    expect(await text('/assets/lazy-0a0a.js')).toBe('old chunk');
    expect(await text('/updates/assets/lazy-0a0a.js')).toBe('old chunk');
    expect(await text('/')).toBe('new page');
    for (const path of [
      '/only-before.js',
      '/assets/out-2c2c.js',
      '/assets/else-3d3d.js',
      '/assets/none-4e4e.js',
    ]) {
      expect([path, await text(path)]).toEqual([path, 404]);
    }
  });

  it('has chunks of the factory’s page, and nothing else of it, for the page of a release', async () => {
    const factory = join(api.directory, 'factory');
    await mkdir(join(factory, 'assets'), { recursive: true });
    await writeFile(join(factory, 'index.html'), 'factory');
    await writeFile(join(factory, 'only-there.js'), 'x');
    await writeFile(join(factory, 'assets/lazy-5f5f.js'), 'chunk');
    expect(await (await api.request('/')).text()).toBe('<h1>old</h1>');
    expect(await (await api.request('/assets/lazy-5f5f.js')).text()).toBe('chunk');
    expect((await api.request('/only-there.js')).status).toBe(404);
  });

  it('only reads', async () => {
    expect((await api.request('/', { method: 'POST' })).status).toBe(405);
    expect((await api.request('/', { method: 'HEAD', headers: {} })).status).toBe(200);
  });
});

describe('assetName', () => {
  it.each([
    ['', 'index.html'],
    ['a/b-c.js', 'a/b-c.js'],
    ['a%20b', 'a b'],
    ['../a', undefined],
    ['a/./b', undefined],
    ['a\\b', undefined],
    ['/etc/passwd', undefined],
    ['%zz', undefined],
  ])('makes of %j %j', (path, expected) => {
    expect(assetName(path)).toBe(expected);
  });
});

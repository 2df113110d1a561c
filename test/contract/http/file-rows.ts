/** The page's files: what is below its directory, and nothing else. */
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Row } from './row.ts';
import type { RunningApi } from './running-api.ts';

const MARK = 'mark-of-a-secret';

const file = (path: string) => (api: RunningApi) => api.ask('GET', path);

export const FILE_ROWS: readonly Row[] = [
  {
    id: '12.3.1',
    requires: 'no spelling of a path leads out of the page’s directory',
    holds: async (api) => {
      await writeFile(join(api.directory, 'secret.html'), MARK);
      const ways = [
        '/../secret.html',
        '/..%2fsecret.html',
        '/%2e%2e/secret.html',
        '/%2e%2e%2fsecret.html',
        '/%252e%252e%252fsecret.html',
        '/assets/../../secret.html',
        '/..\\secret.html',
        '/..%5csecret.html',
        '//secret.html',
        '/./../secret.html',
        '/updates/../../secret.html',
        '/updates/%2e%2e/secret.html',
        '/%c0%ae%c0%ae/secret.html',
        '/..;/secret.html',
        '/index.html%00.js',
        '/%',
        '/%zz',
        `/${api.directory}/secret.html`,
        '/.%2e/secret.html',
      ];
      for (const way of ways) {
        const reply = await file(way)(api);
        expect([way, [400, 404].includes(reply.status)]).toEqual([way, true]);
        expect(reply.text).not.toContain(MARK);
      }
    },
  },
  {
    id: '12.3.1',
    requires: 'no link of the directory leads out of it, and what is hidden stays so',
    holds: async (api) => {
      const ui = join(api.directory, 'ui');
      await mkdir(join(api.directory, 'elsewhere'), { recursive: true });
      await writeFile(join(api.directory, 'elsewhere/a.js'), MARK);
      await symlink(join(api.directory, 'elsewhere'), join(ui, 'out'));
      await symlink('../password', join(ui, 'password.txt'));
      await symlink('../elsewhere/a.js', join(ui, 'assets/a-0a1b2c3d.js'));
      await writeFile(join(ui, '.env'), MARK);
      for (const path of [
        '/out/a.js',
        '/password.txt',
        '/assets/a-0a1b2c3d.js',
        '/.env',
        '/assets',
        '/updates/out/a.js',
      ]) {
        const reply = await file(path)(api);
        expect([path, reply.status]).toEqual([path, 404]);
        expect(reply.text).not.toContain(MARK);
      }
      await Promise.all(['out', 'password.txt', '.env'].map((name) => rm(join(ui, name))));
    },
  },
  {
    id: '12.5.1',
    requires:
      'a file that no page is made of is bytes to a browser, and a directory is never listed',
    holds: async (api) => {
      await writeFile(join(api.directory, 'ui/page.xhtml'), '<script>1</script>');
      expect((await file('/page.xhtml')(api)).headers['content-type']).toBe(
        'application/octet-stream',
      );
      expect((await file('/assets/')(api)).status).toBe(404);
      expect((await file('/')(api)).headers['content-type']).toBe('text/html; charset=utf-8');
    },
  },
];

/** From a section of updater.toml to a source that answers, and who is shown its secret. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { createClock } from '../../src/adapters/clock-system.ts';
import {
  AUTHORIZATION,
  createConfiguredSource,
  tokenOf,
  type SourceSetting,
} from '../../src/adapters/configured-source.ts';
import { createConnections } from '../../src/adapters/connections.ts';
import { digest } from '../../src/adapters/digest-crypto.ts';
import { createDisk } from '../../src/adapters/disk-posix.ts';
import { createKeptAnswers } from '../../src/adapters/kept-answers.ts';
import { createPauses } from '../../src/adapters/pauses.ts';
import { never, withServer } from './http-server.ts';

const SECRET = 'c0ffee';
const repository = 'a/b';

function create(setting: SourceSetting, root: string) {
  const [disk, clock] = [createDisk({ root }), createClock()];
  return createConfiguredSource(setting, {
    root,
    userAgent: 'pikit-test',
    stallTimeoutMs: 60_000,
    disk,
    clock,
    digest,
    routeTo: createConnections({ proxyFor: () => undefined, readCa: undefined }),
    pauses: createPauses({ disk, clock, path: '/pauses.json' }),
    answers: createKeptAnswers({ disk, clock, path: '/answers' }),
  });
}

describe('createConfiguredSource', () => {
  it('asks each kind of server in its own place, and tells nobody a secret over http', () =>
    withTempDir(async (root) => {
      await mkdir(join(root, 'etc'));
      await writeFile(join(root, 'etc/token'), SECRET, { mode: 0o600 });
      await withServer(
        (request, response) =>
          response.end(request.url === '/releases.json' ? '{"format":1,"releases":[]}' : '[]'),
        async (url, asked) => {
          const settings: readonly SourceSetting[] = [
            { kind: 'gitea', url, repository, token_file: '/etc/token' },
            { kind: 'github', url, repository, token_file: '/etc/token' },
            { kind: 'static', url, token_file: '/etc/token' },
          ];
          for (const setting of settings) {
            const { name, source } = create(setting, root);
            expect(await source.list(never)).toEqual([]);
            expect(name).toBe(setting.kind === 'static' ? url : `${url} a/b`);
          }
          expect(asked.map((request) => request.url?.split('?')[0])).toEqual([
            '/api/v1/repos/a/b/releases',
            '/repos/a/b/releases',
            '/releases.json',
          ]);
          expect(asked.flatMap(({ headers }) => headers.authorization ?? [])).toEqual([]);
          expect(asked[0]?.headers['user-agent']).toBe('pikit-test');
        },
      );
    }));

  it('reads a directory of the device', () =>
    withTempDir(async (root) => {
      await mkdir(join(root, 'media'));
      const { name, source } = create({ kind: 'dir', path: '/media' }, root);
      expect([name, await source.list(never)]).toEqual(['/media', []]);
    }));
});

describe('AUTHORIZATION', () => {
  it('has the form that each server takes', () => {
    const [token, password] = ['c0ffee', 'pi:secret'];
    expect(AUTHORIZATION.gitea(token)).toBe('token c0ffee');
    expect(AUTHORIZATION.github(token)).toBe('Bearer c0ffee');
    expect(AUTHORIZATION.static(password)).toBe('Basic cGk6c2VjcmV0');
  });
});

describe('tokenOf', () => {
  it('reads the file of a source that has one', () =>
    withTempDir(async (root) => {
      await writeFile(join(root, 'token'), `${SECRET}\n`, { mode: 0o600 });
      const url = 'https://h';
      expect(await tokenOf({ kind: 'static', url, token_file: '/token' }, root)?.()).toBe(SECRET);
      expect(tokenOf({ kind: 'static', url }, root)).toBeUndefined();
      expect(tokenOf({ kind: 'dir', path: '/media' }, root)).toBeUndefined();
    }));
});

/** The nginx snippet: it forwards what the api answers and nothing else, with the headers that the api relies on. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/repository-root.ts';
import { readDeployFile } from './unit-file.ts';

describe('the nginx snippet', () => {
  const text = readDeployFile('nginx/pikit.conf');
  const forwarded = new RegExp(/location ~ (\S+) \{/.exec(text)?.[1] ?? '$.');

  it('forwards every route of the api, and the element', () => {
    const routes = [
      ...readFileSync(`${repositoryRoot()}/packages/api/src/app.ts`, 'utf8').matchAll(
        /'(?:GET|POST|DELETE)?\s*(\/(?:api|updates)\/[\w/*:]+)'/g,
      ),
    ].flatMap(([, path]) => path ?? []);
    const paths = routes
      .filter((path) => path !== '/api/*')
      .map((path) => path.replace('*', 'a.js'));
    expect(paths).toContain('/api/update/status');
    expect(paths).toContain('/updates/a.js');
    expect(paths.filter((path) => !forwarded.test(path))).toEqual([]);
  });

  it.each([
    '/',
    '/index.html',
    '/api/',
    '/api/services',
    '/api/healthy',
    '/updates',
    '/x/api/session',
    '/api/sessions',
  ])('leaves %s to the dashboard', (path) => {
    expect(forwarded.test(path)).toBe(false);
  });

  it.each([
    ['proxy_http_version 1.1;'],
    ['proxy_set_header Connection "";'],
    ['proxy_set_header Host $http_host;'],
    ['proxy_set_header X-Forwarded-For $remote_addr;'],
    ['proxy_set_header X-Forwarded-Proto $scheme;'],
    ['proxy_set_header Remote-User "";'],
    ['proxy_read_timeout 1h;'],
    ['client_max_body_size 64k;'],
    ['client_max_body_size 1g;'],
    ['proxy_request_buffering off;'],
  ])('has the line %s', (line) => {
    expect(text.split('\n').map((each) => each.trim())).toContain(line);
  });

  it('leads to where the api listens by default', () => {
    const config = readDeployFile('config/api.toml');
    const [host, port] = [/^host = "(.+)"$/m, /^port = (\d+)$/m].map(
      (key) => key.exec(config)?.[1],
    );
    expect(text).toContain(`proxy_pass http://${String(host)}:${String(port)};`);
  });
});

/** The OpenAPI document: as it is committed, as it is served, and true of what it describes. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../../test/support/repository-root.ts';
import { routes, type AppDeps } from '../src/app.ts';
import { createOpenApi } from '../src/openapi.ts';
import { createApiFixture, type ApiFixture } from './support/api-fixture.ts';

const table = routes({} as AppDeps);
const document = createOpenApi(table);
const text = `${JSON.stringify(document, null, 2)}\n`;

describe('createOpenApi', () => {
  it('is what docs/openapi.json has; `npx vitest run packages/api/test/openapi.test.ts -u` writes it anew', async () => {
    await expect(text).toMatchFileSnapshot(join(repositoryRoot(), 'docs/openapi.json'));
  });

  it('leads nowhere in vain', () => {
    const names = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    const { schemas } = document['components'] as { readonly schemas: object };
    expect(names.filter((name) => !Object.hasOwn(schemas, name ?? ''))).toEqual([]);
    expect(names).toContain('Status');
    expect(text).not.toContain('$defs');
  });

  it('asks for a session, or also takes a token, where the table does', () => {
    const paths = document['paths'] as Record<string, Record<string, { security: unknown[] }>>;
    const asked = table
      .filter(({ path }) => !path.includes('*'))
      .map(({ method, path, access }) => [
        `${method} ${path}`,
        { public: 0, door: 0, owner: 1, read: 2, update: 2 }[access],
        paths[path.replace(':id', '{id}')]?.[method.toLowerCase()]?.security.length,
      ]);
    expect(asked.filter(([, wanted, told]) => wanted !== told)).toEqual([]);
  });

  it('refuses a route that nobody has described', () => {
    const stranger = { method: 'GET', path: '/api/stranger', access: 'public' } as const;
    expect(() => createOpenApi([stranger])).toThrow('GET /api/stranger is not documented');
  });
});

describe('GET /api/openapi.json', () => {
  let api: ApiFixture;
  beforeEach(async () => {
    api = await createApiFixture();
  });
  afterEach(() => api.stop());

  it('serves it to anybody, and asks the agent nothing', async () => {
    const answer = await api.request('/api/openapi.json');
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.json()).toEqual(JSON.parse(text));
    expect(api.agent.calls).toEqual([]);
  });
});

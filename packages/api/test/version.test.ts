/** The one number that stands in two places. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../../test/support/repository-root.ts';
import { API_VERSION } from '../src/version.ts';

describe('API_VERSION', () => {
  it('is the version of the package', async () => {
    const text = await readFile(join(repositoryRoot(), 'packages/api/package.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ version: API_VERSION });
  });
});

/** Where the servers list releases, and where each file of one is fetched. */
import { describe, expect, it } from 'vitest';
import { createGiteaFlavor, createGithubFlavor } from '../../src/adapters/hosted-flavors.ts';
import { toRelease } from '../../src/adapters/hosted-list.ts';

const asset = { id: 7, name: 'a b.patch', size: 1, url: 'https://h/elsewhere/a' };
const release = toRelease({ tag_name: 'v1.0.0+x', draft: false, prerelease: false });
if (release === undefined) throw new Error('a release was expected');

describe('createGiteaFlavor', () => {
  const { api, queryOf, addressOf } = createGiteaFlavor({
    url: 'https://h/git',
    repository: 'a/b',
  });

  it('lists below the path of the server, drafts left out', () => {
    expect(`${api}?${queryOf(2)}`).toBe(
      'https://h/git/api/v1/repos/a/b/releases?draft=false&page=2&limit=50&per_page=50',
    );
  });

  it('believes an address of its own origin alone', () => {
    expect(addressOf(release, asset)).toBe(asset.url);
    for (const url of ['http://h/a', 'https://other/a', 'http://localhost:3000/a', 'none']) {
      expect(addressOf(release, { ...asset, url })).toBe(
        'https://h/git/a/b/releases/download/v1.0.0%2Bx/a%20b.patch',
      );
    }
  });
});

describe('createGithubFlavor', () => {
  const where = { url: 'https://api.github.com', repository: 'a/b' };

  it('takes the pages without a token, and the API with one', () => {
    const { api, queryOf, addressOf } = createGithubFlavor(where, { hasToken: false });
    expect(`${api}?${queryOf(1)}`).toBe(
      'https://api.github.com/repos/a/b/releases?page=1&per_page=100',
    );
    expect(addressOf(release, asset)).toBe(asset.url);
    expect(createGithubFlavor(where, { hasToken: true }).addressOf(release, asset)).toBe(
      'https://api.github.com/repos/a/b/releases/assets/7',
    );
  });
});

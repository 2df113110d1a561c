/** Which repository is meant, and who may be told the token. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { flavorOf, repositoryIn } from '../../src/publish/repository.ts';

const values = { server: 'https://git.example.org//', repository: 'me/dashboard', flavor: 'gitea' };
const REPOSITORY = repositoryIn({ values });
const GITHUB = { ...REPOSITORY, server: 'https://api.github.com', kind: 'github' } as const;

describe('repositoryIn', () => {
  it('reads the options', () => {
    expect(REPOSITORY).toEqual({
      server: 'https://git.example.org',
      name: 'me/dashboard',
      kind: 'gitea',
    });
  });

  it.each([
    { server: '' },
    { repository: 'dashboard' },
    { flavor: 'gitlab' },
    { flavor: undefined },
  ])('refuses %j', async (other) => {
    await expectCode(() => repositoryIn({ values: { ...values, ...other } }), 'invalid-request');
  });
});

describe('flavorOf', () => {
  it('has the token where there is one', () => {
    expect(flavorOf(REPOSITORY, 'x').authorization).toBe('token x');
    expect(flavorOf(GITHUB, 'x').authorization).toBe('Bearer x');
    expect(flavorOf(REPOSITORY, undefined).authorization).toBeUndefined();
    expect(flavorOf(GITHUB, undefined).authorization).toBeUndefined();
  });

  it('takes another place for uploads for GitHub alone, and no token over http', async () => {
    const uploads = 'https://up.example';
    expect(flavorOf(GITHUB, 'x', `${uploads}/a`).origins).toContain(uploads);
    await expectCode(() => flavorOf(REPOSITORY, 'x', uploads), 'invalid-request');
    const open = { ...REPOSITORY, server: 'http://git.example.org' };
    await expectCode(() => flavorOf(open, 'x'), 'source-invalid');
    expect(flavorOf(open, undefined).origins).toEqual(['http://git.example.org']);
  });
});

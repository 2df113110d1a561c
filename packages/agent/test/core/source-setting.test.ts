/** Which sources an operator may name, one or several, and when a secret would be told to strangers. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { refusalOfSources, SourcesSchema } from '../../src/core/source-setting.ts';

const GITEA = { kind: 'gitea', url: 'https://git.example/', repository: 'a/b' };
const DIR = { kind: 'dir', path: '/media/usb' };
const parse = (written: unknown) => v.parse(SourcesSchema, written);

/** The key of the first thing that is wrong. */
function keyOf(written: unknown): string | null | undefined {
  const { issues } = v.safeParse(SourcesSchema, written);
  return issues && v.getDotPath(issues[0]);
}

describe('SourcesSchema', () => {
  it('reads one as the only one, and several in their order', () => {
    expect(parse(GITEA)).toEqual([{ ...GITEA, url: 'https://git.example' }]);
    expect(parse([DIR, GITEA]).map(({ kind }) => kind)).toEqual(['dir', 'gitea']);
  });

  it.each([undefined, 'https://github.com', 'https://github.com/', 'https://api.github.com'])(
    'finds the API of github.com by %s',
    (url) => {
      const github = { kind: 'github', repository: 'a/b', ...(url !== undefined && { url }) };
      expect(parse(github)).toMatchObject([{ url: 'https://api.github.com' }]);
    },
  );

  it('leaves the API of another GitHub where it is', () => {
    const url = 'https://github.example/api/v3';
    expect(parse({ kind: 'github', repository: 'a/b', url })).toMatchObject([{ url }]);
  });

  it.each([
    ['url', { kind: 'static', url: 'https://h/?sig=x' }],
    ['url', { kind: 'static', url: 'https://h/#x' }],
    ['url', { kind: 'static' }],
    ['repository', { kind: 'static', url: 'https://h', repository: 'a/b' }],
    ['repository', { kind: 'github', repository: 'a' }],
    ['token_file', { ...DIR, token_file: '/x' }],
    ['kind', { kind: 'gitlab', url: 'https://h' }],
    ['1.url', [DIR, { ...GITEA, url: 'h' }]],
  ])('names %s of what is wrong', (key, written) => {
    expect(keyOf(written)).toBe(key);
  });

  it.each([[[]], [Array.from({ length: 9 }, () => DIR)], ['x'], [undefined]])(
    'refuses %j',
    (written) => {
      expect(v.is(SourcesSchema, written)).toBe(false);
    },
  );
});

describe('refusalOfSources', () => {
  const secret = { token_file: '/etc/pikit/token' };
  const open = { kind: 'static', url: 'http://pi.local', ...secret };

  it('lets a secret go over https, and asks for none', () => {
    expect(refusalOfSources(parse([{ ...GITEA, ...secret }, DIR]))).toBeUndefined();
    expect(refusalOfSources(parse({ kind: 'static', url: 'http://pi.local' }))).toBeUndefined();
  });

  it('names the one that would show it to everybody', () => {
    expect(refusalOfSources(parse(open))).toMatchObject({ key: 'source.token_file' });
    expect(refusalOfSources(parse([DIR, open]))).toEqual({
      key: 'source.1.token_file',
      reason: 'is sent over https only, and its url is http',
    });
  });
});

/** Where a link ends, walked as the kernel walks: text alone does not tell. */
import { describe, expect, it } from 'vitest';
import { createLinkResolver, namesIn } from '../../src/core/release-links.ts';

const files = ['a/b/c.txt', 'a/d.txt', 'e/f.txt'].map((path) => ({ path }));
const linksOf = (links: Readonly<Record<string, string>>) =>
  Object.entries(links).map(([path, to]) => ({ path, to }));

/** Of the last link. */
function endOf(links: Readonly<Record<string, string>>): unknown {
  const all = linksOf(links);
  const last = all.at(-1);
  return last && createLinkResolver({ files, links: all })(last);
}

const chain = (length: number) =>
  Object.fromEntries(
    Array.from({ length }, (_, index) => [`l${index}`, index === 0 ? 'a' : `l${index - 1}`]),
  );

describe('createLinkResolver', () => {
  it.each<readonly [Readonly<Record<string, string>>, string]>([
    [{ 'a/l': 'd.txt' }, 'a/d.txt'],
    [{ l: 'a/b' }, 'a/b'],
    [{ 'a/b/l': '../../e/f.txt' }, 'e/f.txt'],
    [{ 'e/up': '../a/b', 'e/l': 'up/../d.txt' }, 'a/d.txt'],
    [{ l1: 'a', l2: 'l1/b', l3: 'l2/c.txt' }, 'a/b/c.txt'],
    [{ 'new/l': '../a' }, 'a'],
    [{ 'new/l': '../a', x: 'new' }, 'new'],
    [{ l: 'a/b/../../e/../a/d.txt' }, 'a/d.txt'],
  ])('of %j is at %s', (links, path) => {
    expect(endOf(links)).toEqual({ path });
  });

  it.each<readonly [Readonly<Record<string, string>>, string]>([
    [{ l: '..' }, 'leads out of the release'],
    [{ 'a/l': '..' }, 'leads out of the release'],
    [{ 'a/l': '../..' }, 'leads out of the release'],
    [{ 'a/l': '../../a/d.txt' }, 'leads out of the release'],
    [{ 'x/p': '..', 'x/q': 'p/..' }, 'leads out of the release'],
    [{ 'a/b/p': '../../e', 'a/b/q': 'p/../../x' }, 'leads out of the release'],
    [{ l: 'nothing' }, 'leads to nothing in the release'],
    [{ l: 'nothing/../a' }, 'leads to nothing in the release'],
    [{ l: 'a/d.txt/..' }, 'leads to nothing in the release'],
    [{ l: 'A' }, 'leads to nothing in the release'],
    [{ l: 'l' }, 'leads in a circle'],
    [{ l: 'l/a' }, 'leads in a circle'],
    [{ l: 'm', m: 'l' }, 'leads in a circle'],
  ])('of %j %s', (links, refusal) => {
    expect(endOf(links)).toEqual({ refusal });
  });

  it('follows forty links, as the kernel does, and no more', () => {
    expect(endOf(chain(40))).toEqual({ path: 'a' });
    expect(endOf(chain(41))).toEqual({ refusal: 'leads in a circle' });
  });
});

describe('namesIn', () => {
  it('is files and links', () => {
    expect(namesIn({ files }).map(({ path }) => path)).toEqual(files.map(({ path }) => path));
    expect(namesIn({ files, links: [{ path: 'l', to: 'a' }] })).toHaveLength(4);
  });
});

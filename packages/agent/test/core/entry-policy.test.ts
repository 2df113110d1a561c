/** Headers of archives that want more than a release may: each is refused from the header alone, before a byte of it is read. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { admit } from '../../src/core/entry-policy.ts';

type Header = Parameters<typeof admit>[0];

function aHeader(patch: Partial<Header> = {}): Header {
  return {
    path: 'pikit-web/index.html',
    type: 'file',
    mode: 0o644,
    size: 12,
    linkText: '',
    ...patch,
  };
}

const aDirectory = (path: string, patch: Partial<Header> = {}): Header =>
  aHeader({ path, type: 'directory', mode: 0o755, size: 0, ...patch });

async function refusalOf(header: Header): Promise<unknown> {
  const { details } = await expectCode(() => admit(header), 'entry-refused');
  expect(details['path']).toBe(header.path.slice(0, 200));
  return details['reason'];
}

describe('admit, what a release is made of', () => {
  it.each([
    ['pikit-api.py', 'pikit-api.py'],
    ['./pikit-api.py', 'pikit-api.py'],
    ['././pikit-api.py', 'pikit-api.py'],
    ['.//pikit-api.py', 'pikit-api.py'],
    ['./pikit-web/assets/ü.js', 'pikit-web/assets/ü.js'],
    ['..data', '..data'],
  ])('writes the file %s as %s', (path, written) => {
    expect(admit(aHeader({ path }))).toEqual({ kind: 'file', path: written, executable: false });
  });

  it.each([
    [0o644, false],
    [0o755, true],
    [0o700, true],
    [0o655, false],
    [0o000, false],
    [0o4755, true],
    [0o6644, false],
    [0o1777, true],
  ])('of the mode %o keeps the owner’s execute bit alone', (mode, executable) => {
    expect(admit(aHeader({ mode }))).toEqual({
      kind: 'file',
      path: 'pikit-web/index.html',
      executable,
    });
  });

  it.each([
    ['./', ''],
    ['.', ''],
    ['pikit-web', 'pikit-web'],
    ['pikit-web/', 'pikit-web'],
    ['./pikit-web//', 'pikit-web'],
  ])('takes the directory %s as %j', (path, name) => {
    expect(admit(aDirectory(path))).toEqual({ kind: 'directory', path: name });
  });

  it.each(['manifest.json', './manifest.json'])(
    'leaves the copy of the manifest at %s aside',
    (path) => {
      expect(admit(aHeader({ path }))).toEqual({ kind: 'ignored' });
    },
  );

  it('takes a file of that name elsewhere for what it is', () => {
    expect(admit(aHeader({ path: 'pikit-web/manifest.json' }))).toMatchObject({ kind: 'file' });
  });
});

describe('admit, names', () => {
  it.each([
    ['', 'empty'],
    ['./', 'empty'],
    ['..', 'leaves the release'],
    ['../evil', 'leaves the release'],
    ['./../evil', 'leaves the release'],
    ['pikit-web/../../evil', 'leaves the release'],
    ['/etc/passwd', 'absolute'],
    ['//etc/passwd', 'absolute'],
    ['.', 'not normalised'],
    ['a//b', 'not normalised'],
    ['a/./b', 'not normalised'],
    ['pikit-web\\..\\evil', 'forbidden character'],
    ['pikit-web/a\0b', 'forbidden character'],
    ['pikit-web/a\nb', 'forbidden character'],
    ['pikit-web/\uFFFD', 'forbidden character'],
    ['x'.repeat(300), 'too long'],
    ['x/'.repeat(300) + 'x', 'too long'],
    ['x/'.repeat(40) + 'x', 'too deep'],
  ])('refuses the file %j: %s', async (path, reason) => {
    expect(await refusalOf(aHeader({ path }))).toBe(reason);
  });

  it.each([
    ['/', 'empty'],
    ['//', 'empty'],
    ['/etc/', 'absolute'],
    ['..', 'leaves the release'],
    ['./..', 'leaves the release'],
    ['../evil/', 'leaves the release'],
    ['a//b/', 'not normalised'],
    ['a\nb/', 'forbidden character'],
  ])('refuses the directory %j: %s', async (path, reason) => {
    expect(await refusalOf(aDirectory(path))).toBe(reason);
  });
});

const aLink = (patch: Partial<Header> = {}): Header =>
  aHeader({
    path: 'pikit-web/current',
    type: 'symlink',
    size: 0,
    linkText: '../bin/run',
    ...patch,
  });

describe('admit, links', () => {
  const links = new Map([['pikit-web/current', '../bin/run']]);
  it.each(['pikit-web/current', './pikit-web/current'])(
    'takes %s as the manifest lists it',
    (path) => {
      expect(admit(aLink({ path }), links)).toEqual({ kind: 'link', path: 'pikit-web/current' });
    },
  );

  it.each([
    [{ path: 'pikit-web/other' }, 'link that the manifest does not list'],
    [{ path: 'manifest.json' }, 'link that the manifest does not list'],
    [{ path: '../current' }, 'leaves the release'],
    [{ path: 'pikit-web/current/' }, 'not normalised'],
    [{ linkText: '../bin/run/' }, 'link to somewhere else'],
    [{ linkText: './../bin/run' }, 'link to somewhere else'],
    [{ linkText: '/etc/passwd' }, 'link to somewhere else'],
  ])('refuses %j: %s', async (patch, reason) => {
    const { details } = await expectCode(() => admit(aLink(patch), links), 'entry-refused');
    expect(details['reason']).toBe(reason);
  });

  it('refuses every link where the manifest lists none', async () => {
    expect(await refusalOf(aLink())).toBe('link that the manifest does not list');
  });
});

describe('admit, a name that never ends', () => {
  it('tells only its beginning', async () => {
    expect(await refusalOf(aHeader({ path: `/${'x'.repeat(100_000)}` }))).toBe('too long');
  });
});

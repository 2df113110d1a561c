/** From bytes that anyone may have written to a manifest that may be acted on; each refusal says where and why. */
import { MANIFEST_LIMITS, type ManifestFile } from '@pikit/protocol/manifest';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { assertModes, modeOf, parseManifest } from '../../src/core/manifest.ts';
import { aFile, aManifest, aSha256, aVersion, toBytes } from '../support/a-manifest.ts';

const EXPECTED = aVersion('1.4.0');

const parse = (document: unknown) => parseManifest(toBytes(document), EXPECTED);

const withPaths = (...paths: readonly string[]) =>
  aManifest({ files: paths.map((path) => aFile(path)) });

async function refusalOf(work: () => unknown): Promise<readonly unknown[]> {
  const { details } = await expectCode(work, 'manifest-invalid');
  return [details['where'], details['reason']];
}

describe('parseManifest', () => {
  it("takes the plan's minimal form", () => {
    expect(parse(aManifest())).toEqual(aManifest());
  });

  it('takes every addition, and leaves out what a later packer adds', () => {
    const full = aManifest({
      files: [aFile('a', { mode: '0755', size: 3, span: [0, 40] })],
      links: [{ path: 'bin/a', to: '../a' }],
      post_install: ['restart pikit-api'],
      format: 1,
      product: 'pi-kit',
      released: '2026-01-01T00:00:00Z',
      notes: '- faster',
      breaking: ['The port changed.'],
      requires: { from: '>=1.2.0', arch: ['arm64'], updater: '>=0.1.0' },
      bundle: { name: 'pikit-1.4.0.tar.gz', size: 100 },
      patches: [{ from: aSha256(), name: 'a.patch', size: 5, sha256: aSha256('b') }],
    });
    expect(parse({ ...full, rollout: { percent: 5 } })).toEqual(full);
  });

  it('takes a version that is written as the tag, with a v', () => {
    expect(parse({ ...aManifest(), version: 'v1.4.0' }).version).toBe('1.4.0');
  });

  it('takes a byte order mark, which some editors write', () => {
    const bytes = Uint8Array.from([0xef, 0xbb, 0xbf, ...toBytes(aManifest())]);
    expect(parseManifest(bytes, EXPECTED)).toEqual(aManifest());
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['a page of HTML', new TextEncoder().encode('<!doctype html><h1>Sign in</h1>')],
    ['half a manifest', toBytes(aManifest()).subarray(0, 40)],
    ['two manifests', new TextEncoder().encode('{}{}')],
    ['bytes that are no UTF-8', Uint8Array.from([0x22, 0xff, 0xfe, 0x22])],
  ])('refuses %s as not JSON', async (_what, bytes) => {
    expect(await refusalOf(() => parseManifest(bytes, EXPECTED))).toEqual(['manifest', 'not JSON']);
  });

  it.each([null, 1, 'manifest', [], [aManifest()]])('refuses %j', async (document) => {
    const [where] = await refusalOf(() => parse(document));
    expect(['manifest', 'version']).toContain(where);
  });

  it.each([
    ['version', { ...aManifest(), version: '1.4' }],
    ['version', { ...aManifest(), version: 'vv1.4.0' }],
    ['version', { ...aManifest(), version: 14 }],
    ['files', { ...aManifest(), files: [] }],
    ['files.1.sha256', { ...aManifest(), files: [aFile('a'), { path: 'b', sha256: 'no' }] }],
    ['files.0.mode', { ...aManifest(), files: [{ ...aFile('a'), mode: '47555' }] }],
    ['requires.arch.0', { ...aManifest(), requires: { arch: [1] } }],
  ])('says that %s fails the schema', async (member, document) => {
    expect((await refusalOf(() => parse(document)))[0]).toBe(member);
  });

  it.each(['1.3.9', '1.4.1', '1.4.0-rc.1', '1.4.0+build'])(
    'refuses the manifest of %s that was published as 1.4.0',
    async (version) => {
      expect(await refusalOf(() => parse({ ...aManifest(), version }))).toEqual([
        'version',
        `is ${version}, but was published as 1.4.0`,
      ]);
    },
  );

  it.each([
    ['../evil', 'leaves the release'],
    ['/etc/passwd', 'absolute'],
    ['./a', 'not normalised'],
    ['a//b', 'not normalised'],
    ['a/', 'not normalised'],
    ['a\\b', 'forbidden character'],
    ['a\0b', 'forbidden character'],
    ['a\nb', 'forbidden character'],
    ['a\ud800', 'forbidden character'],
    ['manifest.json', 'cannot list itself'],
    ['.pikit', 'reserved'],
    ['.pikit/tree.json', 'reserved'],
    ['bin/.tool.pikit-0a1b2c', 'reserved'],
    ['bin/.TOOL.PIKIT-0A1B2C', 'reserved'],
    ['cron/job.pikit-new', 'reserved'],
    ['.web.pikit-replaced/index.html', 'reserved'],
    ['.PIKIT/tree.json', 'reserved'],
  ])('refuses the path %j: %s', async (path, reason) => {
    expect(await refusalOf(() => parse(withPaths('ok', path)))).toEqual([path, reason]);
  });

  it.each([
    'pikit-web/manifest.json',
    '.pikit-theme/a',
    'pikit-web/.pikit/a',
    'web/a.pikit-new.js',
  ])('takes the path %s, which only looks like one of ours', (path) => {
    expect(parse(withPaths(path)).files).toHaveLength(1);
  });

  it.each([
    ['a', 'a'],
    ['pikit-web/a.js', 'pikit-web/A.js'],
    ['caf\u00e9', 'cafe\u0301'],
  ])('refuses %j and %j together', async (one, other) => {
    const [where, reason] = await refusalOf(() => parse(withPaths(one, other)));
    expect([where, reason]).toEqual([other, `listed twice (also as ${one})`]);
  });

  it.each([
    [['a', 'a/b'], 'a'],
    [['a/b/c', 'a/b'], 'a/b'],
    [['a/b/c', 'A'], 'A'],
  ])('refuses %j, where one path is file and directory', async (paths, where) => {
    expect(await refusalOf(() => parse(withPaths(...paths)))).toEqual([
      where,
      'is a file and a directory',
    ]);
  });

  it('takes a name that only begins like another', () => {
    expect(parse(withPaths('a', 'a-b', 'ab/c', 'a.b')).files).toHaveLength(4);
  });

  it('judges as many files as there may be', () => {
    const paths = Array.from({ length: MANIFEST_LIMITS.files }, (_, index) => `d/${String(index)}`);
    expect(parse(withPaths(...paths)).files).toHaveLength(MANIFEST_LIMITS.files);
  });
});

describe('modeOf', () => {
  it.each([
    ['644', 0o644],
    ['0644', 0o644],
    ['755', 0o755],
    ['000', 0],
    ['0777', 0o777],
  ])('reads %s as octal', (mode, bits) => {
    const file: ManifestFile = aFile('a', { mode });
    expect(modeOf(file)).toBe(bits);
  });

  it('leaves the mode open where the manifest does', () => {
    expect(modeOf(aFile('a'))).toBeUndefined();
  });
});

const withLinks = (...links: readonly (readonly [string, string])[]) =>
  aManifest({
    files: ['web/index.html', 'web/assets/app.js', 'bin/run'].map((path) => aFile(path)),
    links: links.map(([path, to]) => ({ path, to })),
  });

describe('parseManifest, links', () => {
  it('takes links to files, to directories and to other links', () => {
    const manifest = withLinks(
      ['web/run', '../bin/run'],
      ['web/static', 'assets'],
      ['web/js/app.js', '../static/app.js'],
      ['latest', 'web/run'],
      ['deep/er/up', '../../web/assets/..'],
    );
    expect(parse(manifest)).toEqual(manifest);
  });

  it.each<readonly [string, string, string]>([
    ['web/evil', '/etc/passwd', 'link: absolute'],
    ['web/evil', '../../etc/passwd', 'link: leads out of the release'],
    ['evil', '..', 'link: leads out of the release'],
    ['web/evil', '..', 'link: leads out of the release'],
    ['web/evil', '../.pikit/tree.json', 'link: leads to nothing in the release'],
    ['web/evil', 'nothing', 'link: leads to nothing in the release'],
    ['web/evil', 'index.html/x', 'link: leads to nothing in the release'],
    ['web/evil', 'index.html/..', 'link: leads to nothing in the release'],
    ['web/evil', 'evil', 'link: leads in a circle'],
    ['web/evil', './index.html', 'link: not normalised'],
    ['web/evil', 'assets/', 'link: not normalised'],
    ['web/evil', 'a\\b', 'link: forbidden character'],
    ['web/evil', 'a\0b', 'link: forbidden character'],
    ['web/evil', '../'.repeat(40) + 'x', 'link: too deep'],
    ['../evil', 'x', 'leaves the release'],
    ['/evil', 'web', 'absolute'],
    ['manifest.json', 'bin/run', 'cannot list itself'],
    ['.pikit/x', '../bin/run', 'reserved'],
    ['bin/run', '../web/index.html', 'listed twice (also as bin/run)'],
    ['BIN/RUN', '../web/index.html', 'listed twice (also as bin/run)'],
    ['web', 'bin', 'is a link and a directory'],
  ])('refuses %s -> %j: %s', async (path, to, reason) => {
    const [where, why] = await refusalOf(() => parse(withLinks([path, to])));
    expect([where, why]).toEqual([path, reason]);
  });

  it('refuses a link twice, and a file below one', async () => {
    const twice = withLinks(['a', 'bin'], ['a', 'web']);
    expect(await refusalOf(() => parse(twice))).toEqual(['a', 'listed twice (also as a)']);
    const above = { ...withLinks(['a', 'bin']), files: [aFile('bin/run'), aFile('a/x')] };
    expect(await refusalOf(() => parse(above))).toEqual(['a', 'is a link and a directory']);
  });

  it('refuses links that only together leave the release or go in a circle', async () => {
    const climbing = withLinks(['x/p', '..'], ['x/q', 'p/..']);
    expect((await refusalOf(() => parse(climbing)))[1]).toBe('link: leads out of the release');
    const ahead = withLinks(['web/p', 'assets'], ['web/assets/q', '../p/../../..']);
    expect((await refusalOf(() => parse(ahead)))[1]).toBe('link: leads out of the release');
    const circle = withLinks(['a', 'b'], ['b', 'c'], ['c', 'a']);
    expect((await refusalOf(() => parse(circle)))[1]).toBe('link: leads in a circle');
  });

  it('refuses more links than a release may have', async () => {
    const links = Array.from({ length: MANIFEST_LIMITS.links + 1 }, (_, index) => ({
      path: `l${index}`,
      to: 'bin',
    }));
    expect((await refusalOf(() => parse({ ...withLinks(), links })))[0]).toBe('links');
  });
});

const withMode = (mode: string) => aManifest({ files: [aFile('a'), aFile('b', { mode })] });

describe('assertModes', () => {
  it.each(['4755', '2755', '1777', '7000', '04755'])('wants a signature for %s', async (mode) => {
    const manifest = parse(withMode(mode));
    expect(await refusalOf(() => assertModes(manifest, undefined))).toEqual([
      'b',
      `mode ${mode} needs a signature`,
    ]);
    expect(() => assertModes(manifest, 'A1B2')).not.toThrow();
  });

  it.each(['755', '0644', '0777', '000'])('wants none for %s', (mode) => {
    expect(() => assertModes(parse(withMode(mode)), undefined)).not.toThrow();
  });
});

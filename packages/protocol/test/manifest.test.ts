/** The document that a maintainer publishes: the plan's form is complete, additions are optional, nonsense is named. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { MANIFEST_LIMITS, ManifestSchema } from '../src/manifest.ts';
import { aSha256 } from './sample-documents.ts';

const aFile = { path: 'pikit-web/index.html', sha256: aSha256() };
const minimal = {
  version: '1.4.0',
  changelog: 'https://releases.example/pi-kit/1.4.0',
  files: [aFile],
};

/** The first member that the schema complains about, dotted; undefined when it accepts. */
function complaint(manifest: unknown): string | undefined {
  const { issues } = v.safeParse(ManifestSchema, manifest);
  return issues === undefined ? undefined : (v.getDotPath(issues[0]) ?? '');
}

describe('ManifestSchema', () => {
  it("takes the plan's minimal form", () => {
    expect(v.parse(ManifestSchema, minimal)).toEqual(minimal);
  });

  it("takes the plan's two optional members", () => {
    const plan = {
      ...minimal,
      files: [{ ...aFile, mode: '0755' }],
      post_install: ['restart dietpi-dashboard-frontend', 'reload nginx'],
    };
    expect(v.parse(ManifestSchema, plan)).toEqual(plan);
  });

  it.each([
    ['format', 1],
    ['product', 'pi-kit'],
    ['released', '2026-01-01T00:00:00Z'],
    ['expires', '2027-01-01T00:00:00.000Z'],
    ['notes', '- a faster start'],
    ['breaking', ['The API moved to port 8080.']],
    ['requires', { from: '>=1.2.0', arch: ['armhf', 'arm64'], updater: '>=0.1.0' }],
    ['requires', {}],
    ['bundle', { name: 'pikit-1.4.0.tar.gz', size: 1024, sha256: aSha256() }],
    ['bundle', { name: 'pikit-1.4.0.tar.gz' }],
    ['files', [{ ...aFile, size: 0, span: [0, 20] }]],
    ['post_install', []],
  ])('takes the optional member %s as %j', (member, value) => {
    const manifest = { ...minimal, [member]: value };
    expect(v.parse(ManifestSchema, manifest)).toEqual(manifest);
  });

  it('leaves out what a later packer adds, at any depth', () => {
    const patch = { from: aSha256(), name: 'a.patch', size: 5, sha256: aSha256() };
    const later = {
      ...minimal,
      files: [{ ...aFile, owner: 'www-data' }],
      rollout: { share: 10 },
      patches: [{ ...patch, windows: 16 }],
    };
    expect(v.parse(ManifestSchema, later)).toEqual({ ...minimal, patches: [patch] });
  });

  it.each(['644', '0644', '755', '000', '0777', '4755', '02755', '1777'])(
    'takes the mode %s',
    (mode) => {
      expect(complaint({ ...minimal, files: [{ ...aFile, mode }] })).toBeUndefined();
    },
  );

  it.each(['', '44', '14755', '004755', '888', 'rwxr-xr-x', '0o644', '644 ', 644, null])(
    'refuses the mode %j',
    (mode) => {
      expect(complaint({ ...minimal, files: [{ ...aFile, mode }] })).toBe('files.0.mode');
    },
  );

  it.each(['', 'abc', aSha256().toUpperCase(), `${aSha256()} `, null])(
    'refuses the digest %j',
    (sha256) => {
      expect(complaint({ ...minimal, files: [{ ...aFile, sha256 }] })).toBe('files.0.sha256');
    },
  );

  it.each(['', 'v1.4.0', '1.4', '../1.4.0', 'latest', 14, null])(
    'refuses the version %j',
    (version) => {
      expect(complaint({ ...minimal, version })).toBe('version');
    },
  );

  it.each([
    ['no files at all', 'files', []],
    ['files that are no list', 'files', {}],
    ['a changelog of 2049 letters', 'changelog', 'x'.repeat(2049)],
    ['a later format', 'format', 2],
    ['a date in words', 'released', 'yesterday'],
    ['an expiry without a time', 'expires', '2027-01-01'],
    ['notes over 64 KiB', 'notes', 'x'.repeat(64 * 1024 + 1)],
    ['a breaking change that is no list', 'breaking', 'everything'],
    ['an architecture of 33 letters', 'requires', { arch: ['x'.repeat(33)] }, 'requires.arch.0'],
    ['a bundle that is a path', 'bundle', { name: '../pikit.tar.gz' }, 'bundle.name'],
    ['a bundle without a name', 'bundle', { size: 1 }, 'bundle.name'],
    ['a bundle below zero', 'bundle', { name: 'a.tar.gz', size: -1 }, 'bundle.size'],
    ['one command for a list', 'post_install', 'restart nginx'],
    ['a command that is an object', 'post_install', [{ run: 'reboot' }], 'post_install.0'],
  ])('refuses %s, naming the member', (_what, member, value, named = member) => {
    expect(complaint({ ...minimal, [member]: value })).toBe(named);
  });

  it.each([
    ['an empty path', 'path', ''],
    ['a path over the limit', 'path', 'x'.repeat(MANIFEST_LIMITS.pathLength + 1)],
    ['a path that is a number', 'path', 7],
    ['a size below zero', 'size', -1],
    ['half a byte', 'size', 1.5],
    ['a size that no number holds exactly', 'size', 2 ** 53],
    ['a span without a length', 'span', [0], 'span.1'],
    ['a span before the start', 'span', [-1, 5], 'span.0'],
  ])('refuses a file with %s, naming the member', (_what, member, value, named = member) => {
    expect(complaint({ ...minimal, files: [{ ...aFile, [member]: value }] })).toBe(
      `files.0.${named}`,
    );
  });

  it.each(['version', 'changelog', 'files'])('refuses a manifest without %s', (member) => {
    const without = Object.entries(minimal).filter(([name]) => name !== member);
    expect(complaint(Object.fromEntries(without))).toBe(member);
  });

  it.each([null, 'manifest', 1, undefined])('refuses %j, which is no object', (document) => {
    expect(v.is(ManifestSchema, document)).toBe(false);
  });

  it('takes as many files as the limit says and not one more', () => {
    const files = Array.from({ length: MANIFEST_LIMITS.files }, () => aFile);
    expect(complaint({ ...minimal, files })).toBeUndefined();
    expect(complaint({ ...minimal, files: [...files, aFile] })).toBe('files');
  });
});

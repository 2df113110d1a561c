/** Whatever bytes a manifest has: it is `manifest-invalid`, or what it lists can be laid down without leaving the release. */
import { UpdateError, VersionSchema } from '@pikit/protocol';
import * as fc from 'fast-check';
import * as v from 'valibot';
import { expect } from 'vitest';
import { parseManifest } from '../../packages/agent/src/core/manifest.ts';
import { honestManifest, json, listed } from '../fixtures/hostile/release.ts';
import { property } from './fuzz.ts';
import { mutated } from './mutations.ts';
import { VERSION } from './tars.ts';

const version = v.parse(VersionSchema, VERSION);

const FULL = {
  ...honestManifest(VERSION),
  format: 1,
  product: 'pikit',
  released: '2026-01-02T03:04:05Z',
  requires: { from: '>=1.0.0', arch: ['arm64'] },
  bundle: { name: 'pikit-2.0.0.tar.gz', size: 1000 },
  post_install: ['restart pikit-api.service'],
  links: [{ path: 'pikit-web/home.html', to: 'index.html' }],
};

/** A file that is a directory too, one that leaves, one that is there twice: none of it may be accepted. */
function judge(bytes: Uint8Array): void {
  let manifest;
  try {
    manifest = parseManifest(bytes, version);
  } catch (error) {
    expect(error).toBeInstanceOf(UpdateError);
    expect((error as UpdateError).code).toBe('manifest-invalid');
    return;
  }
  expect(manifest.version).toBe(VERSION);
  const paths = manifest.files.map(({ path }) => path);
  const folded = paths.map((path) => path.normalize('NFC').toLowerCase());
  expect(new Set(folded).size).toBe(paths.length);
  for (const [index, path] of paths.entries()) {
    const parts = path.split('/');
    expect(parts.filter((part) => part === '' || part === '.' || part === '..')).toEqual([]);
    expect(path).not.toMatch(/[\p{Cc}\\]/u);
    expect(path).not.toMatch(/\p{Cs}/u);
    expect(Buffer.byteLength(path)).toBeLessThanOrEqual(4096);
    const below = folded.filter((other) => other.startsWith(`${folded[index] ?? ''}/`));
    expect(below).toEqual([]);
    expect(folded[index]).not.toMatch(/^\.pikit(?:\/|$)|^manifest\.json$/);
  }
}

property('manifest: mutated bytes', mutated([json(honestManifest(VERSION)), json(FULL)]), judge);

const names = fc.oneof(
  fc.constantFrom(
    'pikit-web',
    'PIKIT-WEB',
    'index.html',
    '..',
    '.',
    '',
    'a',
    'A',
    'e\u0301',
    '\u00e9',
    '\u0130',
  ),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);
const paths = fc.array(names, { maxLength: 5 }).map((parts) => parts.join('/'));
/** Another spelling of the same path, which must not stand beside it. */
const respelled = fc
  .tuple(
    paths,
    fc.constantFrom(
      (path: string) => path,
      (path: string) => path.toUpperCase(),
      (path: string) => path.normalize('NFD'),
      (path: string) => `${path}/below`,
      (path: string) => `${path.toLowerCase()}/below`,
    ),
  )
  .map(([path, spell]) => [path, spell(path)]);
const anything = fc.oneof(fc.jsonValue(), fc.constantFrom('\0', -1, 2 ** 53, 1e308, null, [], {}));
const files = fc.array(
  fc.oneof(
    { weight: 9, arbitrary: paths.map((name) => listed({ name })) },
    { weight: 1, arbitrary: anything },
  ),
  {
    maxLength: 6,
  },
);

/** One member of a manifest that is right, replaced or added. */
const documents = fc.oneof(
  respelled.map((list) => ({ ...FULL, files: list.map((name) => listed({ name })) })),
  files.map((list) => ({ ...FULL, files: list })),
  fc
    .tuple(fc.oneof(fc.constantFrom(...Object.keys(FULL)), fc.string()), anything)
    .map(([key, value]) => ({ ...FULL, [key]: value })),
  fc
    .tuple(fc.constantFrom('path', 'sha256', 'mode', 'size', 'span'), anything)
    .map(([key, value]) => ({ ...FULL, files: [{ ...listed({ name: 'a' }), [key]: value }] })),
);

property('manifest: mutated values', documents, (document) => {
  judge(json(document));
});

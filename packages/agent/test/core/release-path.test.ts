/** Names that a stranger chose: which may become a file below a release, and which two would become the same file. */
import { describe, expect, it } from 'vitest';
import { collisionKey, parentsOf, refusalOfPath } from '../../src/core/release-path.ts';

const deep = (levels: number): string => 'a/'.repeat(levels - 1) + 'a';

describe('refusalOfPath', () => {
  it.each([
    'pikit-api.py',
    'pikit-web/assets/app-3f2a.js',
    '.hidden',
    'pikit-web/..data',
    'pikit-web/...',
    'a b/ü/日本語/🙂.png',
    '-rf',
    '~',
    '%2e%2e/x',
    'x'.repeat(255),
    `${'x'.repeat(255)}/${'y'.repeat(254)}/z`,
    deep(32),
  ])('takes %s', (path) => {
    expect(refusalOfPath(path)).toBeUndefined();
  });

  it.each([
    ['', 'empty'],
    ['/', 'absolute'],
    ['/etc/passwd', 'absolute'],
    ['//etc/passwd', 'absolute'],
    ['..', 'leaves the release'],
    ['../evil', 'leaves the release'],
    ['pikit-web/../../evil', 'leaves the release'],
    ['pikit-web/..', 'leaves the release'],
    ['.', 'not normalised'],
    ['./a', 'not normalised'],
    ['a/./b', 'not normalised'],
    ['a//b', 'not normalised'],
    ['a/', 'not normalised'],
    ['x'.repeat(256), 'too long'],
    ['ü'.repeat(128), 'too long'],
    [`${'x'.repeat(255)}/${'y'.repeat(255)}/z`, 'too long'],
    [deep(33), 'too deep'],
  ])('refuses %j: %s', (path, reason) => {
    expect(refusalOfPath(path)).toBe(reason);
  });

  it.each([
    ['a backslash', 'pikit-web\\..\\evil'],
    ['a NUL', 'a\0b'],
    ['a newline', 'a\nb'],
    ['an escape', 'a\u001b[2Jb'],
    ['a delete', 'a\u007fb'],
    ['an escape of eight bits', 'a\u009b2Jb'],
    ['what stands for bytes that are no UTF-8', 'a\uFFFDb'],
    ['the first half of a letter', 'a\ud83d'],
    ['the second half of a letter', '\ude42a'],
  ])('refuses %s', (_what, path) => {
    expect(refusalOfPath(path)).toBe('forbidden character');
  });
});

describe('collisionKey', () => {
  it.each([
    ['pikit-web/INDEX.html', 'pikit-web/index.html'],
    ['ÄRGER', 'ärger'],
    ['caf\u00e9', 'cafe\u0301'],
    ['CAFE\u0301', 'caf\u00e9'],
    ['ΟΔΟΣ/a', 'οδος/a'],
    ['οδοσ', 'οδος'],
    ['STRASSE', 'straße'],
    ['\u212a', 'k'],
    ['ſ', 's'],
  ])('is the same for %s and %s', (one, other) => {
    expect(collisionKey(one)).toBe(collisionKey(other));
  });

  it.each([
    ['a/b', 'a-b'],
    ['e', 'é'],
    ['1', 'l'],
    ['0', 'o'],
  ])('differs for %s and %s', (one, other) => {
    expect(collisionKey(one)).not.toBe(collisionKey(other));
  });

  it('leaves plain small letters as they are', () => {
    expect(collisionKey('.pikit/manifest.json')).toBe('.pikit/manifest.json');
  });
});

describe('parentsOf', () => {
  it.each([
    ['a', []],
    ['a/b', ['a']],
    ['a/b/c.js', ['a', 'a/b']],
  ])('of %s are %j, outermost first', (path, parents) => {
    expect(parentsOf(path)).toEqual(parents);
  });
});

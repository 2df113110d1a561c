/** Names and places on the device: those that the plan asked for, and those of trees, which must never be guessed. */
import { TransactionIdSchema } from '@pikit/protocol';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import * as layout from '../../src/core/layout.ts';
import { aSha256, aVersion } from '../support/a-manifest.ts';

const {
  asidePath,
  backupPath,
  bundlePath,
  directoryOf,
  isSameRelease,
  isTreeName,
  keptPath,
  logPath,
  manifestPath,
  newPath,
  plainPath,
  stagingPath,
  treeName,
  treeNames,
  treePath,
  treeRecordPath,
  versionOfTree,
} = layout;

const VERSION = aVersion('1.4.0');
const TRANSACTION = v.parse(TransactionIdSchema, '20260102T042000Z-0a1b2c');

describe('the places of the plan', () => {
  it.each([
    [layout.STATE_FILE, '/var/lib/pikit-update/state.json'],
    [layout.VERSION_FILE, '/etc/pikit/version'],
    [layout.LOCK_FILE, '/run/pikit-update.lock'],
    [layout.CONFIG_FILE, '/etc/pikit/updater.toml'],
    [bundlePath(VERSION), '/var/tmp/pikit-update/1.4.0/bundle.tar.gz'],
    [backupPath(TRANSACTION), '/var/backups/pikit/20260102T042000Z'],
  ])('%s is %s', (path, planned) => {
    expect(path).toBe(planned);
  });

  it('keeps staging and releases below one mount, so that a tree is renamed into place', () => {
    const tree = treePath(treeName(VERSION, aSha256()));
    expect(tree).toBe('/var/lib/pikit/releases/1.4.0-aaaaaaaa');
    expect(stagingPath(VERSION)).toBe('/var/lib/pikit/staging/1.4.0');
    expect(layout.CURRENT).toBe('/var/lib/pikit/current');
    expect(manifestPath(tree)).toBe(`${tree}/.pikit/manifest.json`);
    expect(treeRecordPath(tree)).toBe(`${tree}/.pikit/tree.json`);
  });

  it('gives each transaction a log of its own', () => {
    expect(logPath(TRANSACTION)).toBe('/var/lib/pikit-update/logs/20260102T042000Z-0a1b2c.jsonl');
  });
});

describe('directoryOf', () => {
  it('is what a name stands in, the root too', () => {
    expect(directoryOf('/var/www/pikit-web')).toBe('/var/www');
    expect(directoryOf('/var')).toBe('/');
  });
});

describe('newPath', () => {
  it('lies beside the file, in sight', () => {
    expect(newPath('/etc/app/settings')).toBe('/etc/app/settings.pikit-new');
  });
});

describe('a name beside the longest that a filesystem takes', () => {
  it.each([
    ['ASCII', 'n'.repeat(255)],
    ['three bytes each', '設'.repeat(85)],
    ['four bytes each', `${'🙂'.repeat(63)}n`],
  ])('fits as well: %s', (_what, name) => {
    const at = `/etc/app/${name}`;
    const names = [newPath(at), keptPath(at, TRANSACTION), asidePath(at), plainPath(at)];
    for (const beside of names) {
      expect(directoryOf(beside)).toBe('/etc/app');
      expect(Buffer.byteLength(beside.slice('/etc/app/'.length))).toBeLessThanOrEqual(255);
      expect(beside).not.toMatch(/\p{Cs}/u);
    }
  });
});

describe('versionOfTree', () => {
  it.each(['1.4.0', '1.4.0-rc.1', '2.0.0-deadbeef', '1.0.0+pi.5', 'preexisting'] as const)(
    'finds %s in the name that treeName made of it',
    (text) => {
      const version = text === 'preexisting' ? text : aVersion(text);
      const name = treeName(version, aSha256('0'));
      expect(versionOfTree(name)).toBe(version);
      expect(isTreeName(name)).toBe(true);
    },
  );

  it.each([
    '',
    '1.4.0',
    '1.4.0-aaaaaaa',
    '1.4.0-AAAAAAAA',
    '1.4.0-aaaaaaaaa',
    '-aaaaaaaa',
    'lost+found',
    'backup-20260102',
    'v1.4.0-aaaaaaaa',
    '..-aaaaaaaa',
    '../1.4.0-aaaaaaaa',
    'a/1.4.0-aaaaaaaa',
    '1.4.0-aaaaaaaa\n',
    '1.4.0-aaaaaaaa/',
    `${'1'.repeat(70)}.0.0-aaaaaaaa`,
  ])('finds nothing in %j, which is no name of ours', (name) => {
    expect(versionOfTree(name)).toBeUndefined();
    expect(isTreeName(name)).toBe(false);
  });
});

describe('temporariesOf', () => {
  it('finds them among thousands of names', () => {
    // Compared one by one this would outlast the limit of the test.
    const names = Array.from({ length: 20_000 }, (_, index) => `icon-${String(index)}.svg`);
    const paths = names.map((name) => `/srv/icons/${name}`);
    const cut = ['.icon-7.svg.pikit-0a1b2c', '.other.svg.pikit-0a1b2c'];
    expect(layout.temporariesOf(paths, [...cut, ...names])).toEqual(cut.slice(0, 1));
  });
});

describe('isTemporaryOf', () => {
  it.each([
    ['/etc/cron.d/pikit', '.pikit.pikit-0a1b2c', true],
    [`/etc/${'n'.repeat(200)}`, `.${'n'.repeat(59)}.pikit-0a1b2c`, true],
    ['/etc/cron.d/pikit', '.other.pikit-0a1b2c', false],
    ['/etc/cron.d/pikit', 'pikit.pikit-0a1b2c', false],
    ['/etc/cron.d/pikit', '.pikit.pikit-replaced', false],
    ['/etc/cron.d/pikit', '.pikit.pikit-0a1b2c3', false],
    ['/etc/cron.d/pikit', 'pikit', false],
  ])('%s, %s: %s', (path, name, expected) => {
    expect(layout.isTemporaryOf(path, name)).toBe(expected);
  });
});

describe('isNamedLikeOurs', () => {
  it('knows each name that we give beside another', () => {
    const at = '/usr/local/bin/tool';
    for (const path of [asidePath(at), keptPath(at, TRANSACTION), newPath(at), plainPath(at)]) {
      expect([path, layout.isNamedLikeOurs(path)]).toEqual([path, true]);
      expect([path, layout.isNamedLikeOurs(`${path}/below`)]).toEqual([path, true]);
    }
    expect(layout.isNamedLikeOurs(`${keptPath(at, TRANSACTION)}.1`)).toBe(true);
    expect(layout.isNamedLikeOurs('/usr/local/bin/.tool.pikit-0a1b2c')).toBe(true);
  });

  it.each(['bin/pikit-new', 'bin/tool.pikit-newer', 'bin/tool.pikit-0a1b2c3', 'bin/.pikit-x/a'])(
    'leaves %s to the release',
    (path) => {
      expect(layout.isNamedLikeOurs(path)).toBe(false);
    },
  );
});

describe('treeNames', () => {
  it('gives two that differ, both of the version and both from the digest alone', () => {
    for (const digit of '0123456789abcdef') {
      const [first, second] = treeNames(VERSION, aSha256(digit));
      expect(first).toBe(treeName(VERSION, aSha256(digit)));
      expect(second).not.toBe(first);
      expect([isTreeName(second), versionOfTree(second)]).toEqual([true, '1.4.0']);
    }
    expect(treeNames(VERSION, aSha256('0'))[1]).toBe('1.4.0-ffffffff');
  });
});

describe('isSameRelease', () => {
  it('is true of a tree and its repair, in either order, and of no others', () => {
    const [first, second] = treeNames(VERSION, aSha256('0'));
    expect(isSameRelease(first, first)).toBe(true);
    expect(isSameRelease(first, second)).toBe(true);
    expect(isSameRelease(second, first)).toBe(true);
    expect(isSameRelease(first, treeName(VERSION, aSha256('1')))).toBe(false);
    expect(isSameRelease(first, treeNames(aVersion('1.5.0'), aSha256('0'))[1])).toBe(false);
  });
});

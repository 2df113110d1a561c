/** Where the files of a release come to stand, as data: four kinds of target, names that clash, names that are left over. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import {
  assertNoMount,
  targetOf,
  assertDistinct,
  assertPlaceable,
  belongsTo,
  linkText,
  obsoletePlacements,
  planActivation,
  type ActivationPlan,
  type Target,
} from '../../src/core/activation-plan.ts';

const WEB: Target = { from: 'pikit-web', to: '/var/www/pikit-web', kind: 'directory', copy: false };
const API: Target = {
  from: 'pikit-api.py',
  to: '/usr/local/bin/pikit-api.py',
  kind: 'file',
  copy: false,
};
const BIN: Target = { from: 'bin', to: '/usr/local/bin', kind: 'merge', copy: false };
const CRON: Target = { from: 'cron', to: '/etc/cron.d', kind: 'merge', copy: true };
const UNIT: Target = { from: 'a.service', to: '/etc/systemd/a.service', kind: 'file', copy: true };
const TARGETS = [WEB, API, BIN, CRON, UNIT];

const filesAt = (...paths: readonly string[]) => ({ files: paths.map((path) => ({ path })) });

/** `at <- from`, links before copies; copies are marked. */
const shown = ({ links, copies }: Pick<ActivationPlan, 'links' | 'copies'>): readonly string[] => [
  ...links.map(({ at, from }) => `${at} <- ${from}`),
  ...copies.map(({ at, from }) => `${at} <= ${from}`),
];

const plan = (...paths: readonly string[]) => planActivation(TARGETS, filesAt(...paths));

describe('planActivation', () => {
  it.each([
    [
      'a directory as one link',
      ['pikit-web/a.js', 'pikit-web/b/c.js'],
      ['/var/www/pikit-web <- pikit-web'],
    ],
    ['a file as one link', ['pikit-api.py'], ['/usr/local/bin/pikit-api.py <- pikit-api.py']],
    [
      'a merge as one link a file',
      ['bin/one', 'bin/sub/two'],
      ['/usr/local/bin/one <- bin/one', '/usr/local/bin/sub/two <- bin/sub/two'],
    ],
    [
      'a merge with copy as copies',
      ['cron/a', 'cron/b'],
      ['/etc/cron.d/a <= cron/a', '/etc/cron.d/b <= cron/b'],
    ],
    ['a file with copy as a copy', ['a.service'], ['/etc/systemd/a.service <= a.service']],
    [
      'nothing of what belongs to no target',
      ['README.md', 'pikit-web-old/a', 'bin2/x', 'pikit-api.py/x'],
      [],
    ],
    ['nothing for no files', [], []],
    [
      'nothing where a directory of the config is a file in the release',
      ['pikit-web', 'bin', 'cron'],
      [],
    ],
  ])('plans %s', (_what, paths, expected) => {
    expect(shown(plan(...paths))).toEqual(expected);
  });

  it('follows the order of the config, not of the release', () => {
    const mixed = plan('a.service', 'bin/one', 'pikit-api.py', 'pikit-web/a');
    expect(shown(mixed).map((line) => line.split(' ')[0])).toEqual([
      '/var/www/pikit-web',
      '/usr/local/bin/pikit-api.py',
      '/usr/local/bin/one',
      '/etc/systemd/a.service',
    ]);
  });
});

describe('planActivation of links', () => {
  const links = [
    { path: 'pikit-web/l', to: 'a' },
    { path: 'bin/l', to: 'one' },
    { path: 'pikit-api.py', to: 'bin/one' },
    { path: 'cron/l', to: 'a' },
    { path: 'a.service', to: 'bin/one' },
  ];

  it('places them as files are, and copies none', () => {
    expect(shown(planActivation(TARGETS, { files: [], links }))).toEqual([
      '/var/www/pikit-web <- pikit-web',
      '/usr/local/bin/pikit-api.py <- pikit-api.py',
      '/usr/local/bin/l <- bin/l',
    ]);
  });

  it('refuses by a reason what could only be a copy, or would be the directory of a target', async () => {
    expect(() => assertPlaceable(TARGETS, links.slice(0, 3))).not.toThrow();
    expect(() => assertPlaceable(TARGETS, undefined)).not.toThrow();
    for (const [path, reason] of [
      ['cron/l', 'a link cannot be copied to /etc/cron.d'],
      ['a.service', 'a link cannot be copied to /etc/systemd/a.service'],
      ['bin', 'a link cannot be the directory of the target /usr/local/bin'],
      ['pikit-web', 'a link cannot be the directory of the target /var/www/pikit-web'],
    ] as const) {
      const error = await expectCode(
        () => assertPlaceable(TARGETS, [{ path, to: 'x' }]),
        'manifest-invalid',
      );
      expect(error.details).toEqual({ where: path, reason });
    }
    const config = { ...CRON, config: true };
    await expectCode(() => assertPlaceable([config], links), 'manifest-invalid');
    const below = { ...API, from: 'app/main.py' };
    await expectCode(
      () => assertPlaceable([below], [{ path: 'app', to: 'x' }]),
      'manifest-invalid',
    );
  });
});

describe('planActivation of a configuration file', () => {
  it('keeps it apart from the copies that may be replaced', () => {
    const { links, copies, configs } = planActivation(
      [{ ...CRON, config: true }],
      filesAt('cron/a'),
    );
    expect({ links, copies, configs }).toEqual({
      links: [],
      copies: [],
      configs: [{ at: '/etc/cron.d/a', from: 'cron/a' }],
    });
  });
});

describe('belongsTo', () => {
  it.each([
    [WEB, 'pikit-web/a', true],
    [WEB, 'pikit-web', false],
    [WEB, 'pikit-webs/a', false],
    [BIN, 'bin/a/b', true],
    [API, 'pikit-api.py', true],
    [API, 'pikit-api.py/x', false],
    [API, 'x/pikit-api.py', false],
  ])('of %j and %s is %s', (target, path, answer) => {
    expect(belongsTo(target, path)).toBe(answer);
  });
});

describe('targetOf', () => {
  const OUTER: Target = { from: 'www', to: '/srv', kind: 'merge', copy: false };
  const INNER: Target = { from: 'www/img', to: '/srv/pictures', kind: 'merge', copy: false };
  const NOTE: Target = { from: 'www/note', to: '/srv/NOTE', kind: 'file', copy: true };
  const all = [OUTER, INNER, NOTE];
  it.each([
    ['/srv/img/a.png', 'www/img/a.png', OUTER],
    ['/srv/pictures/a.png', 'www/img/a.png', INNER],
    ['/srv/NOTE', 'www/note', NOTE],
    ['/srv/note', 'www/note', OUTER],
    ['/srv/b.png', 'www/img/a.png', undefined],
  ])('of %s from %s is the one that places it there', (at, from, target) => {
    expect(targetOf(all, { at, from })).toBe(target);
    expect(targetOf(all.toReversed(), { at, from })).toBe(target);
  });
});

describe('linkText', () => {
  it('leads through current, so that one rename switches every link', () => {
    expect(linkText({ at: '/usr/local/bin/one', from: 'bin/one' })).toBe(
      '/var/lib/pikit/current/bin/one',
    );
  });
});

describe('assertDistinct', () => {
  it('accepts a release whose files all have a place of their own', () => {
    expect(() =>
      assertDistinct(plan('pikit-web/a', 'pikit-api.py', 'bin/one', 'cron/a')),
    ).not.toThrow();
  });

  it.each([
    [
      'a script under the name of the api',
      planActivation([API, BIN], filesAt('pikit-api.py', 'bin/pikit-api.py')),
      'bin/pikit-api.py',
    ],
    [
      'a link and a copy of one name',
      planActivation([BIN, { ...CRON, to: '/usr/local/bin' }], filesAt('bin/a', 'cron/a')),
      'cron/a',
    ],
    [
      'a file below the link of another',
      planActivation([API, BIN], filesAt('pikit-api.py', 'bin/pikit-api.py/x')),
      'bin/pikit-api.py/x',
    ],
    [
      'a configuration file under the name of a link',
      planActivation(
        [BIN, { ...CRON, to: '/usr/local/bin', config: true }],
        filesAt('bin/a', 'cron/a'),
      ),
      'cron/a',
    ],
    [
      'a link above the file of another',
      planActivation(
        [{ ...CRON, to: '/usr/local/bin/tools' }, BIN],
        filesAt('cron/a', 'bin/tools'),
      ),
      'cron/a',
    ],
  ])('refuses %s', async (_what, clashing, where) => {
    const error = await expectCode(() => assertDistinct(clashing), 'manifest-invalid');
    expect(error.details['where']).toBe(where);
  });
});

describe('obsoletePlacements', () => {
  it('is what other trees placed and this one does not, once each', () => {
    const wanted = plan('pikit-web/a', 'bin/kept', 'cron/kept');
    const other = plan('pikit-web/b', 'bin/kept', 'bin/gone', 'cron/kept', 'cron/gone');
    expect(shown(obsoletePlacements(wanted, [other, other]))).toEqual([
      '/usr/local/bin/gone <- bin/gone',
      '/etc/cron.d/gone <= cron/gone',
    ]);
  });

  it('is everything of the others when nothing is wanted', () => {
    const other = plan('pikit-web/a', 'a.service');
    expect(shown(obsoletePlacements(plan(), [other]))).toEqual(shown(other));
  });

  it('leaves alone a name that is a configuration file now', () => {
    const asConfig = planActivation([{ ...CRON, config: true }], filesAt('cron/a'));
    expect(shown(obsoletePlacements(asConfig, [plan('cron/a')]))).toEqual([]);
  });

  it('leaves alone a name that this release places in another way', () => {
    const asCopy = planActivation([{ ...BIN, copy: true }], filesAt('bin/one'));
    const nothing = { links: [], copies: [] };
    expect(obsoletePlacements(asCopy, [plan('bin/one')])).toEqual(nothing);
    expect(obsoletePlacements(plan('bin/one'), [asCopy])).toEqual(nothing);
  });

  it('names both origins of a name that two releases took from different files', () => {
    const elsewhere = planActivation([{ ...BIN, from: 'scripts' }], filesAt('scripts/one'));
    expect(shown(obsoletePlacements(plan(), [plan('bin/one'), elsewhere]))).toEqual([
      '/usr/local/bin/one <- bin/one',
      '/usr/local/bin/one <- scripts/one',
    ]);
  });
});

describe('assertNoMount', () => {
  const plan = {
    links: [{ at: '/var/www/pikit-web', from: 'pikit-web' }],
    copies: [],
    configs: [],
  };

  it.each(['/', '/var', '/var/www', '/var/www/pikit-web-2'])('takes a mount on %s', (mount) => {
    expect(() => assertNoMount(plan, [mount])).not.toThrow();
  });

  it.each(['/var/www/pikit-web', '/var/www/pikit-web/uploads'])(
    'refuses one on %s',
    async (mount) => {
      const error = await expectCode(() => assertNoMount(plan, ['/', mount]), 'incompatible');
      expect(error.details).toMatchObject({ found: mount });
    },
  );
});

describe('targetOf', () => {
  const web = { from: 'web', to: '/srv/web', kind: 'directory', copy: false } as const;
  const bin = { from: 'bin', to: '/usr/local/bin', kind: 'merge', copy: false } as const;

  it.each([
    ['/srv/web', 'web', web],
    ['/usr/local/bin/a/b', 'bin/a/b', bin],
    ['/usr/local/bin/a', 'web/a', undefined],
    ['/elsewhere', 'web', undefined],
  ])('of %s from %s', (at, from, target) => {
    expect(targetOf([web, bin], { at, from })).toBe(target);
  });
});

/** What `--root` says: a directory, which is made absolute, or nothing at all, which is refused. */
import { expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { rootIn, rootOf } from '../../src/cli/root-option.ts';

it('is made absolute', () => {
  expect([rootOf('/'), rootOf('/srv/sandbox/'), rootOf('.')]).toEqual([
    '/',
    '/srv/sandbox',
    process.cwd(),
  ]);
});

it('is refused when it is empty', async () => {
  await expectCode(() => rootOf(''), 'invalid-request');
});

it.each([
  [['--root', '/srv/box', '--wrong', 'x'], '/srv/box'],
  [['update.status', '--root=/srv/box'], '/srv/box'],
  [['--root'], '/'],
  [['--root', ''], '/'],
  [['update.status'], '/'],
])('is found in %j, right or wrong', (argv, root) => {
  expect(rootIn(argv)).toBe(root);
});

/** What `--root` says: a directory, which is made absolute, or nothing at all, which is refused. */
import { expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { rootOf } from '../../src/cli/root-option.ts';

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

/** What the page fills in is what the schema fills in. */
import { StatusSchema, type Status } from '@pikit/protocol';
import { expect, it } from 'vitest';
import { completeStatus } from '../../src/model/complete-status.ts';
import { aStatus, RELEASE } from '../support/builders.ts';

const LATER = ['drift', 'held_back', 'edited', 'ready', 'skipped'];
const LATER_OF_RELEASE = ['signedBy', 'expires', 'earlier', 'downloadBytes', 'restarts'];

const without = (whole: object, names: readonly string[]): object =>
  Object.fromEntries(Object.entries(whole).filter(([name]) => !names.includes(name)));

/** As the first api of all sent it. */
const oldest = (): Status =>
  ({
    ...without(aStatus(), LATER),
    settings: { autoCheck: false },
    offered: without(RELEASE, LATER_OF_RELEASE),
  }) as Status;

it('completes the status of the first api of all as the schema does', async () => {
  const status = oldest();
  const parsed = await StatusSchema['~standard'].validate(status);
  expect('value' in parsed && parsed.value).toEqual(completeStatus(status));
});

it('leaves a complete status, and one without an offer, as it is', () => {
  const status = aStatus({ offered: RELEASE, skipped: RELEASE.version });
  expect(completeStatus(status)).toEqual(status);
  expect(completeStatus(aStatus({ offered: null }))).toEqual(aStatus());
});

/** A unit that fails is told from one that the device does not have. */
import { UpdateError } from '@pikit/protocol';
import { expect, it } from 'vitest';
import { isUnitThere } from '../../src/steps/is-unit-there.ts';
import { createFakeServices } from '../support/fakes.ts';

const services = createFakeServices({ 'here.service': 'failed' });
const look = () => Promise.reject(new UpdateError('service-failed', 'no answer within 10 s'));

it('knows a unit that is broken, and one that is missing', async () => {
  expect(await isUnitThere(services, 'here.service')).toBe(true);
  expect(await isUnitThere(services, 'elsewhere.service')).toBe(false);
});

it('does not call a unit missing because systemd has no answer', async () => {
  expect(await isUnitThere({ ...services, look }, 'here.service')).toBe(true);
});

/** Two ends talk only when their protocol numbers are equal, and each says its number in a form the other can check. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  HelloParamsSchema,
  HelloResultSchema,
  isCompatible,
  PROTOCOL_VERSION,
} from '../src/version.ts';
import { examples } from './examples.ts';

describe('isCompatible', () => {
  it('talks to a peer of its own version', () => {
    expect(isCompatible(PROTOCOL_VERSION)).toBe(true);
  });

  it.each([PROTOCOL_VERSION - 1, PROTOCOL_VERSION + 1, 0, Number.NaN])(
    'does not talk to a peer of version %d',
    (version) => {
      expect(isCompatible(version)).toBe(false);
    },
  );
});

describe('hello', () => {
  it('accepts its own version number in both directions', () => {
    const { params, result } = examples['agent.hello'];
    expect(v.is(HelloParamsSchema, { ...params.good, protocol: PROTOCOL_VERSION })).toBe(true);
    expect(v.is(HelloResultSchema, { ...result.good, protocol: PROTOCOL_VERSION })).toBe(true);
  });

  it('reads the number of a later version, so that the refusal can be a clear one', () => {
    const later = { protocol: PROTOCOL_VERSION + 1, client: 'pikit-api 9.0.0', languages: ['en'] };
    expect(v.parse(HelloParamsSchema, later).protocol).toBe(PROTOCOL_VERSION + 1);
  });
});

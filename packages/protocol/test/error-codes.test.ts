/** The closed list stays closed and well formed, and the error class carries code, details and cause unchanged. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, ErrorCodeSchema, ErrorViewSchema, UpdateError } from '../src/error-codes.ts';

describe('ERROR_CODES', () => {
  it.each(ERROR_CODES)('writes %s in lower-case words joined by hyphens', (code) => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it('holds no code twice', () => {
    expect(new Set(ERROR_CODES).size).toBe(ERROR_CODES.length);
  });

  it.each(['not-a-code', '', 'Busy', 'toString', null, 1])(
    'does not take %j for a code',
    (code) => {
      expect(v.is(ErrorCodeSchema, code)).toBe(false);
    },
  );
});

describe('UpdateError', () => {
  it('is an Error with its code, its details and its cause', () => {
    const cause = new Error('ENOSPC');
    const error = new UpdateError('no-space', 'the card is full', {
      cause,
      details: { needed: 10 },
    });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'UpdateError',
      code: 'no-space',
      message: 'the card is full',
      details: { needed: 10 },
    });
    expect(error.cause).toBe(cause);
  });

  it('has no cause member when there was no cause', () => {
    expect('cause' in new UpdateError('busy', 'another update runs')).toBe(false);
  });

  it('shows code and details to the outside, never the message or the cause', () => {
    const error = new UpdateError('busy', 'held by 4711', {
      cause: new Error('secret'),
      details: { what: 'apply' },
    });
    const view: unknown = JSON.parse(JSON.stringify(error.toView()));
    expect(view).toEqual({ code: 'busy', details: { what: 'apply' } });
    expect(v.is(ErrorViewSchema, view)).toBe(true);
  });

  it('gives out a copy of its details', () => {
    const details = { what: 'apply' };
    const view = new UpdateError('busy', 'another update runs', { details }).toView();
    view.details['what'] = 'rollback';
    expect(details).toEqual({ what: 'apply' });
  });
});

describe('ErrorViewSchema', () => {
  it.each([
    ['a code outside the list', { code: 'gremlins', details: {} }],
    ['no details', { code: 'busy' }],
    ['details that nest', { code: 'busy', details: { who: { pid: 1 } } }],
    ['details that are null', { code: 'busy', details: { who: null } }],
  ])('refuses %s', (_what, value) => {
    expect(v.is(ErrorViewSchema, value)).toBe(false);
  });
});

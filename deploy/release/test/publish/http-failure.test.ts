/** What goes wrong on the way, as codes, and which of it may pass. */
import { UpdateError } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import {
  bodyFailure,
  failure,
  isPassing,
  openFailure,
  shownUrl,
  statusFailure,
} from '../../src/publish/http-failure.ts';

const URL_TEXT = 'https://u:p@host.example/path?token=x#y';
const caused = (code: string): Error =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });

describe('failures on the way', () => {
  it('show an address without its secrets', () => {
    expect(shownUrl(URL_TEXT)).toBe('https://host.example/path');
    expect(shownUrl('::')).toBe('an invalid address');
    expect(failure('offline', URL_TEXT, 'no').details).toEqual({
      url: 'https://host.example/path',
      reason: 'no',
    });
  });

  it.each([
    ['ECONNREFUSED', 'offline'],
    ['ENOTFOUND', 'offline'],
    ['EPIPE', 'offline'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'source-invalid'],
    ['HPE_INVALID_CONSTANT', 'source-invalid'],
  ])('make of %s before an answer %s', (cause, code) => {
    expect(openFailure(caused(cause), URL_TEXT).code).toBe(code);
  });

  it('say in words what a person can do something about', () => {
    expect(openFailure(caused('ECONNREFUSED'), URL_TEXT).message).toBe(
      'https://host.example/path: nobody listens there (ECONNREFUSED)',
    );
    expect(openFailure(caused('EPIPE'), URL_TEXT).message).toBe('https://host.example/path: EPIPE');
  });

  it('look into an error of several addresses', () => {
    const several = new TypeError('x', { cause: new AggregateError([caused('ECONNREFUSED')]) });
    expect(openFailure(several, URL_TEXT).code).toBe('offline');
  });

  it('leave an error of ours as it is', () => {
    const ours = new UpdateError('too-large', 'x');
    expect(openFailure(ours, URL_TEXT)).toBe(ours);
    expect(bodyFailure(ours, URL_TEXT)).toBe(ours);
  });

  it('make of anything within a body download-failed', () => {
    expect(bodyFailure(caused('ECONNRESET'), URL_TEXT).code).toBe('download-failed');
  });

  it.each([
    [statusFailure(URL_TEXT, 503, ''), true],
    [statusFailure(URL_TEXT, 429, ''), true],
    [statusFailure(URL_TEXT, 404, ''), false],
    [new UpdateError('offline', ''), true],
    [new UpdateError('download-failed', ''), true],
    [new UpdateError('source-invalid', ''), false],
    [new Error('a bug'), false],
  ])('of which %s passes: %s', (error, passes) => {
    expect(isPassing(error)).toBe(passes);
  });
});

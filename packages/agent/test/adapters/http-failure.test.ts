/** Which trouble on the way becomes which code, and that no address leaks what is secret in it. */
import { ERROR_CODES, UpdateError } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import {
  bodyFailure,
  creepFailure,
  isCreepFailure,
  isPassingStatus,
  mayPass,
  openFailure,
  proxyFailure,
  shownUrl,
  statusFailure,
} from '../../src/adapters/http-failure.ts';

const URL_WITH_SECRETS = 'https://user:pass@host/path/x?X-Amz-Signature=secret#part';
const TODAY = '2026-11-23T10:00:00.000Z';
const after = (code: string) =>
  new Error('request failed', { cause: Object.assign(new Error(code), { code }) });

describe('openFailure', () => {
  it.each([
    ['ENOTFOUND', TODAY, 'dns-failed'],
    ['EAI_AGAIN', TODAY, 'dns-failed'],
    ['ECONNREFUSED', TODAY, 'offline'],
    ['ENETUNREACH', TODAY, 'offline'],
    ['EHOSTUNREACH', TODAY, 'offline'],
    ['ETIMEDOUT', TODAY, 'offline'],
    ['CERT_NOT_YET_VALID', '1970-01-01T00:01:00.000Z', 'clock-wrong'],
    ['CERT_NOT_YET_VALID', TODAY, 'clock-wrong'],
    ['CERT_HAS_EXPIRED', '2099-01-01T00:00:00.000Z', 'clock-wrong'],
    ['CERT_HAS_EXPIRED', TODAY, 'certificate-refused'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', TODAY, 'certificate-refused'],
    ['SELF_SIGNED_CERT_IN_CHAIN', TODAY, 'certificate-refused'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', TODAY, 'certificate-refused'],
    ['HPE_INVALID_CONSTANT', TODAY, 'source-invalid'],
  ])('takes %s at %s for %s', (code, now, expected) => {
    const failure = openFailure(after(code), URL_WITH_SECRETS, now);
    expect(failure.code).toBe(expected);
    expect(failure.details).toEqual({ url: 'https://host/path/x', reason: code });
    expect(failure.message).not.toMatch(/pass|secret/);
  });

  it('gives back a failure of ours that comes out of a library', () => {
    const ours = proxyFailure('http://user:secret@proxy:1', 'silent');
    const wrapped = Object.assign(new Error('request', { cause: ours }), { code: ours.code });
    expect(openFailure(wrapped, URL_WITH_SECRETS, TODAY)).toBe(ours);
    expect(ours.message).not.toContain('secret');
  });

  it('looks into the failures of several addresses of one name', () => {
    const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    const failure = openFailure(new AggregateError([refused]), 'http://localhost/', TODAY);
    expect(failure.code).toBe('offline');
  });
});

describe('bodyFailure', () => {
  it('is download-failed, whatever broke', () => {
    expect(bodyFailure(after('ECONNRESET'), 'http://h/x')).toMatchObject({
      code: 'download-failed',
      details: { url: 'http://h/x', reason: 'ECONNRESET' },
    });
  });
});

describe('creepFailure', () => {
  it('is a failed download that can be told from one that broke off', () => {
    const slow = creepFailure(URL_WITH_SECRETS);
    expect(slow.toView()).toEqual({
      code: 'download-failed',
      details: { url: 'https://host/path/x', reason: 'too slow' },
    });
    expect(isCreepFailure(slow)).toBe(true);
    expect(isCreepFailure(bodyFailure(after('ECONNRESET'), URL_WITH_SECRETS))).toBe(false);
  });
});

describe('statusFailure', () => {
  it('carries the status', () => {
    expect(statusFailure(URL_WITH_SECRETS, 418).details).toEqual({
      url: 'https://host/path/x',
      status: 418,
    });
  });
});

describe('mayPass', () => {
  it('is for what a network does, and for nothing that somebody has decided', () => {
    const passing = ['offline', 'dns-failed', 'download-failed', 'proxy-failed'];
    for (const code of ERROR_CODES) {
      expect(mayPass(new UpdateError(code, 'x')), code).toBe(passing.includes(code));
    }
    const refused = new UpdateError('proxy-failed', 'x', { details: { status: 407 } });
    expect([mayPass(refused), mayPass(new Error('offline'))]).toEqual([false, false]);
  });
});

describe('isPassingStatus', () => {
  it('tries again only what may pass', () => {
    const statuses = [200, 400, 401, 403, 404, 408, 410, 416, 429, 500, 502, 503, 504, 511];
    expect(statuses.filter(isPassingStatus)).toEqual([408, 429, 500, 502, 503, 504]);
  });
});

describe('shownUrl', () => {
  it('never repeats what is not an address', () => {
    expect(shownUrl('secret words')).toBe('an invalid address');
  });
});

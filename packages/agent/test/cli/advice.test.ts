/** What stands behind a refusal on the terminal. */
import type { ErrorView } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { adviceOn, withoutAdvice } from '../../src/cli/advice.ts';

const on = (code: ErrorView['code'], details: ErrorView['details'] = {}): string =>
  adviceOn({ code, details });

describe('adviceOn', () => {
  it('says what to do, behind the arrow of doctor', () => {
    expect(on('busy')).toBe(' -> wait for its end: pikit-rpc watch');
    expect(on('agent-unreachable')).toContain('pikit-rpc doctor');
    expect(on('dns-failed')).toContain('name server');
  });

  it('says nothing where the code says it', () => {
    expect(on('nothing-to-repair')).toBe('');
  });

  it.each([
    ['EROFS', 'mount -o remount,rw'],
    ['EACCES', 'sudo'],
    ['EPERM', 'sudo'],
    ['EIO', 'save what is on it'],
    ['EBADMSG', 'pikit-rpc doctor looks at the disk'],
  ])('knows what a refused write with %s asks for', (errno, advice) => {
    expect(on('write-failed', { path: '/var/lib/x', errno })).toContain(advice);
  });

  it('tells a configuration that cannot be read from one that is wrong', () => {
    expect(on('config-invalid', { key: 'file' })).toContain('put a good one there');
    expect(on('config-invalid', { key: 'limits' })).toContain('correct it');
  });
});

describe('withoutAdvice', () => {
  it('leaves the facts', () => {
    expect(withoutAdvice(`x is not there${on('config-invalid')}`)).toBe('x is not there');
    expect(withoutAdvice('x is not there')).toBe('x is not there');
  });
});

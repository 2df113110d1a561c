/** PARAMS as somebody types them: what is checked, what may be left out, and what a refusal says. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { aSha256 } from '../../../protocol/test/sample-documents.ts';
import { meantBy, parseParams } from '../../src/cli/params.ts';

const refused = (...typed: Parameters<typeof parseParams>) =>
  expectCode(() => parseParams(...typed), 'invalid-request');

describe('parseParams', () => {
  it('takes what the method takes', () => {
    const release = { version: '1.4.0', manifestSha256: aSha256() };
    expect(parseParams('update.apply', JSON.stringify(release))).toEqual(release);
  });

  it.each([
    ['update.log', { transaction: null }],
    ['update.history', { limit: 20 }],
    ['update.status', {}],
  ] as const)('knows what is meant by %s alone', (method, meant) => {
    expect(parseParams(method, undefined)).toEqual(meant);
    expect(meantBy(method)).toEqual(meant);
  });

  it('says what is missing, and where it stands', async () => {
    const { message } = await refused('update.apply', undefined);
    expect(message).toBe(
      'PARAMS of update.apply: version: is missing; pikit-rpc update.status shows the command for what is offered',
    );
  });

  it.each([
    ['update.skip', '{"path":"/etc","version":null}', 'path: unknown key'],
    ['update.status', '[1]', 'PARAMS of update.status: '],
    ['update.apply', 'version=1', 'PARAMS is not JSON: version=1'],
  ] as const)('refuses %s %s', async (method, text, words) => {
    expect((await refused(method, text)).message).toContain(words);
  });
});

describe('meantBy', () => {
  it.each(['no.such', 'constructor'])('is nothing for %s, which is no method', (name) => {
    expect(meantBy(name)).toEqual({});
  });
});

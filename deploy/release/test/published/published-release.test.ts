/** Which release of a list is meant. */
import type { Version } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { choose, type PublishedRelease } from '../../src/published/published-release.ts';

const listed = (version: string, channel: 'stable' | 'beta' = 'stable'): PublishedRelease => ({
  version: version as Version,
  channel,
  read: () => {
    throw new Error('nobody asks for files here');
  },
});
const ALL = [listed('1.9.0'), listed('1.10.0'), listed('1.11.0', 'beta'), listed('2.0.0-rc.1')];

describe('choose', () => {
  it('takes the highest stable one, as a device does', () => {
    expect(choose(ALL, undefined).version).toBe('1.10.0');
  });

  it.each(['1.9.0', 'v1.9.0', '2.0.0-rc.1'])('takes %s when it is named', (version) => {
    expect(choose(ALL, version).version).toBe(version.replace('v', ''));
  });

  it('says what is not there', async () => {
    await expectCode(() => choose(ALL, '1.8.0'), 'no-such-release');
    await expectCode(() => choose([listed('1.0.0-rc.1')], undefined), 'no-such-release');
  });
});

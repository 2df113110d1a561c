/** The judgement on the sockets, whose modes are the authentication. */
import { describe, expect, it } from 'vitest';
import type { Place } from '../../../src/cli/device/facts.ts';
import { judgeSockets } from '../../../src/cli/doctor/sockets.ts';

const agent: Place = {
  path: '/run/pikit/agent.sock',
  kind: 'socket',
  mode: 0o600,
  owner: 'root',
  group: 'root',
};
const api: Place = { ...agent, path: '/run/pikit/api.sock', mode: 0o660, group: 'pikit' };

describe('judgeSockets', () => {
  it.each<[string, readonly Place[], boolean, readonly string[]]>([
    ['as they should be', [agent, api], true, ['ok', 'ok']],
    ['not there', [{ ...agent, kind: 'absent' }, api], true, ['bad', 'ok']],
    ['left out', [api], true, ['bad', 'ok']],
    ['no socket', [{ ...agent, kind: 'file' }, api], true, ['bad', 'ok']],
    [
      'open to all',
      [
        { ...agent, mode: 0o666 },
        { ...api, mode: 0o666 },
      ],
      true,
      ['bad', 'bad'],
    ],
    ['somebody else’s', [{ ...agent, owner: 'mallory' }, api], true, ['bad', 'ok']],
    ['closed to the api', [agent, { ...api, mode: 0o600 }], true, ['ok', 'warning']],
    ['of another group', [agent, { ...api, group: 'www' }], true, ['ok', 'warning']],
    ['of another group in a sandbox', [agent, { ...api, group: '1000' }], false, ['ok', 'ok']],
  ])('%s', (_what, places, hasApiGroup, levels) => {
    expect(judgeSockets(places, hasApiGroup).map(({ level }) => level)).toEqual(levels);
  });
});

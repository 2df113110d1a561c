/** The two sockets: their modes and owners decide who may call what, so they are the authentication. */
import { AGENT_SOCKET, API_SOCKET } from '../../core/layout.ts';
import type { Place } from '../device/facts.ts';
import { bad, ok, warning, type Verdict } from './verdict.ts';

const CHECK = 'sockets';
const RESTART = 'systemctl restart pikit-agent.socket pikit-agent-api.socket';

/** `hasApiGroup`: a sandbox has no group of the api, and then only the modes count. */
export function judgeSockets(places: readonly Place[], hasApiGroup: boolean): readonly Verdict[] {
  const wanted = [
    { path: AGENT_SOCKET, mode: 0o600, group: 'root' },
    { path: API_SOCKET, mode: 0o660, group: 'pikit' },
  ];
  return wanted.map(({ path, mode, group }) => {
    const place = places.find((one) => one.path === path);
    if (place === undefined || place.kind === 'absent') {
      return bad(CHECK, `${path} is not there`, RESTART);
    }
    if (place.kind !== 'socket') {
      return bad(CHECK, `${path} is a ${place.kind} and no socket`, `remove it, then ${RESTART}`);
    }
    const found = `${path} ${octal(place.mode)} ${place.owner}:${place.group}`;
    if ((place.mode & ~mode) !== 0 || place.owner !== 'root') {
      return bad(CHECK, `${found}: more people may call than should`, RESTART);
    }
    if (place.mode !== mode || (hasApiGroup && place.group !== group)) {
      return warning(CHECK, `${found}, and not ${octal(mode)} root:${group}`, RESTART);
    }
    return ok(CHECK, found);
  });
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

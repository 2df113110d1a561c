/** Do the updater's directories and configuration files belong to whom they should, and can nobody else write them? Findings in, verdict out. */
import type { Place } from '../device/facts.ts';
import { bad, ok, type Verdict } from './verdict.ts';

interface Wanted {
  readonly path: string;
  readonly kind: 'directory' | 'file';
  readonly owner: 'root' | 'pikit';
  /** Bits beyond these let in somebody who should stay out. */
  readonly mode: number;
}

const CHECK = 'files';

/** As tmpfiles.d makes them. */
export const WANTED: readonly Wanted[] = [
  { path: '/etc/pikit', kind: 'directory', owner: 'root', mode: 0o755 },
  { path: '/etc/pikit/updater.toml', kind: 'file', owner: 'root', mode: 0o644 },
  { path: '/etc/pikit/api.toml', kind: 'file', owner: 'root', mode: 0o644 },
  { path: '/var/lib/pikit', kind: 'directory', owner: 'root', mode: 0o755 },
  { path: '/var/lib/pikit-update', kind: 'directory', owner: 'root', mode: 0o755 },
  { path: '/var/lib/pikit-api', kind: 'directory', owner: 'pikit', mode: 0o700 },
  { path: '/var/tmp/pikit-update', kind: 'directory', owner: 'root', mode: 0o755 },
];

/** A sandbox has no user for the api, and makes its directories when it needs them. */
export function judgePlaces(places: readonly Place[], isSandbox: boolean): readonly Verdict[] {
  const found = WANTED.flatMap((wanted) => {
    const place = places.find(({ path }) => path === wanted.path);
    return place === undefined ? [] : judge(place, wanted, isSandbox);
  });
  return found.length > 0 ? found : [ok(CHECK, 'owners and modes are as they should be')];
}

function judge(place: Place, wanted: Wanted, isSandbox: boolean): readonly Verdict[] {
  const { path, kind, owner, mode } = place;
  const isFile = wanted.kind === 'file';
  if (kind === 'absent') {
    if (isSandbox) return [];
    const advice = isFile ? 'install the package again' : 'systemd-tmpfiles --create pikit.conf';
    return [bad(CHECK, `${path} is not there`, advice)];
  }
  if (kind !== wanted.kind) {
    return [
      bad(CHECK, `${path} is a ${kind} and no ${wanted.kind}`, `see what it is: ls -l ${path}`),
    ];
  }
  if (owner !== wanted.owner && !(isSandbox && wanted.owner === 'pikit')) {
    const found = `${path} belongs to ${owner} and not to ${wanted.owner}`;
    return [bad(CHECK, found, `chown ${wanted.owner} ${path}`)];
  }
  const beyond = mode & ~wanted.mode & (isSandbox ? 0o002 : 0o777);
  if (beyond === 0) return [];
  const found = `${path} has mode ${mode.toString(8).padStart(4, '0')}`;
  return [bad(CHECK, found, `chmod ${wanted.mode.toString(8).padStart(4, '0')} ${path}`)];
}

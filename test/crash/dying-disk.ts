/** Makes the agent die at a certain change of the disk: that call and every later one never return. */
import type { Disk } from '../../packages/agent/src/ports.ts';

const CHANGES = [
  'makeDirectory',
  'write',
  'create',
  'append',
  'appendDurably',
  'resume',
  'copy',
  'link',
  'pointSymlink',
  'rename',
  'remove',
  'sync',
] as const satisfies readonly (keyof Disk)[];

type Call = (path: string, ...rest: unknown[]) => unknown;

/**
 * Changes `disk` itself. Call number `mortal` (from 1) is the first that does not happen; logs and published snapshots
 * are not counted, because nothing is decided from them. Resolves with the call, such as `rename /var/www/pikit-web`.
 */
export function dieBefore(disk: Disk, mortal: number): Promise<string> {
  return new Promise((resolve) => {
    let count = 0;
    const dying = (name: (typeof CHANGES)[number]): Call => {
      const real = disk[name] as Call;
      return (path, ...rest) => {
        if (count < mortal && !/\/(?:logs|state\.json)/.test(path)) count += 1;
        if (count < mortal) return real(path, ...rest);
        resolve(`${name} ${path}`);
        return new Promise(() => undefined);
      };
    };
    Object.assign(disk, Object.fromEntries(CHANGES.map((name) => [name, dying(name)])));
  });
}

/** On which filesystems the updater's places lie, what they are and what is free there. Changes nothing. */
import { readFile, realpath, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Filesystem } from './facts.ts';

interface Mount {
  readonly point: string;
  readonly type: string;
  readonly isReadOnly: boolean;
}

/** A place that is not there yet counts where its nearest directory lies. One entry a filesystem. */
export async function readFilesystems(
  root: string,
  paths: readonly string[],
): Promise<readonly Filesystem[]> {
  const mounts = parseMounts(await readFile('/proc/self/mountinfo', 'utf8'));
  const own = root === '/' ? undefined : mountOf(mounts, await realpath(root));
  const found = new Map<string, Filesystem>();
  for (const path of paths) {
    const there = await nearest(join(root, path));
    const mount = mountOf(mounts, there);
    if (mount === undefined) continue;
    const before = found.get(mount.point);
    if (before !== undefined) {
      found.set(mount.point, { ...before, places: [...before.places, path] });
      continue;
    }
    const { bavail, bsize, files, ffree } = await statfs(there);
    found.set(mount.point, {
      mount: mount.point,
      type: mount.type,
      isReadOnly: mount.isReadOnly,
      isSandboxOwn: mount.point === own?.point,
      freeBytes: bavail * bsize,
      totalInodes: files,
      freeInodes: ffree,
      places: [path],
    });
  }
  return [...found.values()];
}

async function nearest(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    try {
      await stat(at);
      return await realpath(at);
    } catch (error) {
      // because the next one up may be there; the top always is
      if (at === dirname(at)) throw error;
    }
  }
}

/** proc(5): fields up to a lone dash, then type, source and the options of the filesystem. Blanks in names are octal. */
export function parseMounts(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const [first = '', second = ''] = line.split(' - ');
    const [, , , , point, options] = first.split(' ');
    const [type = '', , inner = ''] = second.split(' ');
    if (point === undefined || options === undefined) return [];
    const isReadOnly = [...options.split(','), ...inner.split(',')].includes('ro');
    return [{ point: unescape(point), type, isReadOnly }];
  });
}

function unescape(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_all, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

/** The last of several at one place lies on top. */
export function mountOf(mounts: readonly Mount[], path: string): Mount | undefined {
  const holds = ({ point }: Mount): boolean =>
    path === point || path.startsWith(point === '/' ? '/' : `${point}/`);
  let best: Mount | undefined;
  for (const mount of mounts) {
    if (holds(mount) && mount.point.length >= (best?.point.length ?? 0)) best = mount;
  }
  return best;
}

/** `/etc/pikit/version`: what runs, in one line. */
import { VersionSchema } from '@pikit/protocol';
import * as v from 'valibot';
import { VERSION_FILE, type TreeVersion } from '../core/layout.ts';
import type { Disk } from '../ports.ts';
import { unlessUnreadable } from './unless-unreadable.ts';

/** What the file says, else `preexisting`: that it cannot be read must keep nobody from going back. */
export async function installedVersion(disk: Disk): Promise<TreeVersion> {
  const bytes = await unlessUnreadable(() => disk.read(VERSION_FILE, 4096));
  const text = new TextDecoder().decode(bytes).trim().replace(/^v/, '');
  const parsed = v.safeParse(VersionSchema, text);
  return parsed.success ? parsed.output : 'preexisting';
}

/** Files that never had a version have no version file. */
export async function writeVersion(disk: Disk, version: TreeVersion): Promise<void> {
  if (version === 'preexisting') await disk.remove(VERSION_FILE);
  else await disk.write(VERSION_FILE, `${version}\n`, 0o644);
}

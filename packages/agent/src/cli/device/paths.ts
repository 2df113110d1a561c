/** Where our programs lie: beside this one, however it was called. They are of one release, so they fit to each other. */
import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface Programs {
  readonly agent: string;
  /** Where the package lays it down; below a sandbox's root that of the sandbox. */
  readonly api: string;
}

export async function findPrograms(self: string, root: string): Promise<Programs> {
  const directory = dirname(await realpath(self));
  return {
    agent: join(directory, 'pikit-agent.mjs'),
    api: join(root, 'usr/lib/pikit/pikit-api.mjs'),
  };
}

/** `reindex`: the index of a directory of releases anew, after somebody has taken a release away. It touches no release. */
import { UpdateError } from '@pikit/protocol';
import { INDEX_NAME } from '@pikit/protocol/release-index';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { directoryOf } from '../arguments.ts';
import type { Command } from '../command.ts';
import { diskFailure } from '../disk-failure.ts';
import { updateIndex } from '../publish/release-index.ts';

export const reindex: Command = {
  name: 'reindex',
  summary: 'tell devices what a directory holds, after a release was taken away',
  help: `usage: pikit-release reindex TARGET

Writes TARGET/releases.json anew from the folders that publish --dir has made. Until then devices that fetch from a web
server ask for a release whose folder was removed, and find no other.`,
  options: {},
  async run({ positionals }) {
    const target = directoryOf({ positionals });
    // A path with a slip in it would get an index of nothing.
    const index = join(target, INDEX_NAME);
    if (!existsSync(index)) {
      const reason = 'is not there: only a directory that publish --dir has filled has one';
      throw new UpdateError('file-missing', `${index} ${reason}`, {
        details: { path: index, reason },
      });
    }
    const { releases } = await updateIndex(target).catch((error: unknown) => {
      throw diskFailure(error, target);
    });
    const versions = releases.map(({ version }) => version);
    const text = `${target} holds ${versions.length === 0 ? 'no release' : versions.join(', ')}`;
    return { document: { dir: target, versions }, text };
  },
};

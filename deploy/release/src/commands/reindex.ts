/** `reindex`: the index of a directory of releases anew, after somebody has taken a release away. It touches no release. */
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
    const { releases } = await updateIndex(target).catch((error: unknown) => {
      throw diskFailure(error, target);
    });
    const versions = releases.map(({ version }) => version);
    const text = `${target} holds ${versions.length === 0 ? 'no release' : versions.join(', ')}`;
    return { document: { dir: target, versions }, text };
  },
};

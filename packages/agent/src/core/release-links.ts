/**
 * Symlinks that a release brings: resolved on the release's own names alone, as the kernel would walk, so that a link which
 * leaves the release, leads nowhere or in a circle is refused before anything is fetched. Looks at no disk.
 */
import { parentsOf } from './release-path.ts';

export interface ReleaseLink {
  readonly path: string;
  /** As it stands in the symlink: relative to the link's own directory. */
  readonly to: string;
}

/** What a release, an installed tree or a plan of one consists of. */
export interface Contents {
  readonly files: readonly { readonly path: string }[];
  readonly links?: readonly ReleaseLink[] | undefined;
}

/** As the kernel (path_resolution(7)). */
const MAX_FOLLOWED = 40;

type Resolved = { readonly path: string } | { readonly refusal: string };

/** One for a release: answers for each of its links where it ends, in steps as the kernel makes them. */
export function createLinkResolver({
  files,
  links = [],
}: Contents): (link: ReleaseLink) => Resolved {
  const texts = new Map(links.map(({ path, to }) => [path, to]));
  const names = new Set(files.map(({ path }) => path));
  const directories = new Set([...names, ...texts.keys()].flatMap(parentsOf));

  return ({ path, to }) => {
    let at = path.split('/').slice(0, -1);
    let waiting = to.split('/');
    for (let followed = 1; waiting.length > 0;) {
      const [name = '', ...rest] = waiting;
      waiting = rest;
      if (name === '..') {
        if (at.length === 0) return { refusal: 'leads out of the release' };
        at = at.slice(0, -1);
        continue;
      }
      const next = [...at, name].join('/');
      const text = texts.get(next);
      if (text !== undefined) {
        followed += 1;
        if (followed > MAX_FOLLOWED) return { refusal: 'leads in a circle' };
        waiting = [...text.split('/'), ...rest];
      } else if (directories.has(next) || (names.has(next) && rest.length === 0)) {
        at = [...at, name];
      } else {
        return { refusal: 'leads to nothing in the release' };
      }
    }
    // The release itself is a directory of ours: it holds what no release brings.
    return at.length === 0 ? { refusal: 'leads out of the release' } : { path: at.join('/') };
  };
}

/** Everything that a release names: files and links. */
export function namesIn({ files, links = [] }: Contents): readonly { readonly path: string }[] {
  return [...files, ...links];
}

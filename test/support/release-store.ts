/** What a release server has: its releases, however they came there, by a test's own hand or over HTTP. Knows no HTTP. */
import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import type { StoredAsset, StoredRelease } from './gitea-json.ts';

export interface NewRelease {
  readonly version: string;
  /** Default `v<version>`. */
  readonly tag?: string;
  /** Markdown, the release's text on Gitea. */
  readonly notes?: string;
  readonly draft?: boolean;
  /** Default: whether the version has a pre-release part. */
  readonly prerelease?: boolean;
  /** ISO 8601; default now. */
  readonly createdAt?: string;
  /** `content` is a path on disk or the bytes themselves. */
  readonly assets: readonly NewAsset[];
}

export interface NewAsset {
  readonly name: string;
  readonly content: string | Uint8Array;
}

export interface ReleaseStore {
  readonly all: () => readonly StoredRelease[];
  readonly add: (release: NewRelease) => StoredRelease;
  /** Undefined when there is none with this id. */
  readonly change: (id: number, members: Partial<StoredRelease>) => StoredRelease | undefined;
  readonly attach: (id: number, asset: NewAsset) => StoredAsset | undefined;
  readonly remove: (id: number) => void;
}

export function createReleaseStore(): ReleaseStore {
  const releases = new Map<number, StoredRelease>();
  let lastId = 0;
  const nextId = (): number => (lastId += 1);
  const stored = ({ name, content }: NewAsset): StoredAsset => ({
    id: nextId(),
    uuid: randomUUID(),
    name,
    content,
    size: typeof content === 'string' ? statSync(content).size : content.length,
  });

  const store: ReleaseStore = {
    all: () => [...releases.values()],
    add(release) {
      const { version } = release;
      const added: StoredRelease = {
        id: nextId(),
        version,
        tag: release.tag ?? `v${version}`,
        notes: release.notes ?? '',
        draft: release.draft ?? false,
        prerelease: release.prerelease ?? version.includes('-'),
        createdAt: release.createdAt ?? new Date().toISOString(),
        assets: release.assets.map(stored),
      };
      releases.set(added.id, added);
      return added;
    },
    change(id, members) {
      const release = releases.get(id);
      if (release === undefined) return undefined;
      const changed = { ...release, ...members };
      releases.set(id, changed);
      return changed;
    },
    attach(id, asset) {
      const release = releases.get(id);
      if (release === undefined) return undefined;
      const attached = stored(asset);
      store.change(id, { assets: [...release.assets, attached] });
      return attached;
    },
    remove: (id) => void releases.delete(id),
  };
  return store;
}

/** From what the operator wrote about one source to the source itself: its HTTP, who is shown its secret and in which form. */
import type { Clock, Digest, Disk, ReleaseSource } from '../ports.ts';
import { createGiteaFlavor, createGithubFlavor } from './hosted-flavors.ts';
import { createHttp } from './http-got.ts';
import type { RouteTo } from './connections.ts';
import type { KeptAnswers } from './kept-answers.ts';
import type { Pauses } from './pauses.ts';
import { createDirSource } from './source-dir.ts';
import { createHostedSource } from './source-hosted.ts';
import { createStaticSource } from './source-static.ts';
import { createTokenFile, type ReadToken } from './token-file.ts';

interface Server {
  /** Without a slash at the end. */
  readonly url: string;
  /** A device path. */
  readonly token_file?: string;
}

/** As in updater.toml. */
export type SourceSetting =
  | (Server & { readonly kind: 'gitea' | 'github'; readonly repository: string })
  | (Server & { readonly kind: 'static' })
  | { readonly kind: 'dir'; readonly path: string };

/** What all servers have in common. */
export interface Reach {
  readonly root: string;
  readonly userAgent: string;
  readonly stallTimeoutMs: number;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly routeTo: RouteTo;
  /** One of each for all sources: two may be on one server. */
  readonly pauses: Pauses;
  readonly answers: KeptAnswers;
}

export interface NamedSource {
  /** For the operator; without any secret. */
  readonly name: string;
  readonly source: ReleaseSource;
}

/** The form in which a server of the kind takes what stands in the operator's file. */
export const AUTHORIZATION = {
  gitea: (token: string) => `token ${token}`,
  github: (token: string) => `Bearer ${token}`,
  // Plain servers know names and passwords: `name:password`.
  static: (secret: string) => `Basic ${Buffer.from(secret).toString('base64')}`,
} as const;

export function createConfiguredSource(setting: SourceSetting, needs: Reach): NamedSource {
  const { disk, digest, root } = needs;
  if (setting.kind === 'dir') {
    const { path } = setting;
    return { name: path, source: createDirSource({ path, disk }) };
  }
  const { url, kind } = setting;
  const readToken = tokenOf(setting, root);
  const http = createHttp({
    ...needs,
    source: url,
    ...(readToken && { authorization: async () => AUTHORIZATION[kind](await readToken()) }),
  });
  if (setting.kind === 'static') {
    return { name: url, source: createStaticSource({ url, http, digest }) };
  }
  const flavor =
    setting.kind === 'gitea'
      ? createGiteaFlavor(setting)
      : createGithubFlavor(setting, { hasToken: readToken !== undefined });
  return { name: `${url} ${setting.repository}`, source: createHostedSource(flavor, http) };
}

/** Undefined where the source has no secret. */
export function tokenOf(setting: SourceSetting, root: string): ReadToken | undefined {
  if (setting.kind === 'dir' || setting.token_file === undefined) return undefined;
  return createTokenFile({ path: setting.token_file, root, uid: process.getuid?.() ?? 0 });
}

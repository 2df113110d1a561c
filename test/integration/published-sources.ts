/** Where releases are published, each kind with its way to publish there, to verify, and to put something else in the place. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from '../support/faults.ts';
import { startGithubServer } from '../support/github-server.ts';
import { startReleaseServer } from '../support/release-server.ts';
import { startStaticServer } from '../support/static-server.ts';

export const TOKEN = 'the-token-of-the-maintainer';
export interface Asset {
  readonly name: string;
  readonly content: Uint8Array;
}

export interface Source {
  readonly verify: readonly string[];
  readonly publish: readonly string[];
  /** Puts these files in the place of those that were published. */
  readonly show: (version: string, assets: readonly Asset[]) => Promise<void>;
  /** Returns a function that takes it away again. */
  readonly fault: (fault: Fault) => () => void;
  readonly close: () => Promise<void>;
  /** What was asked with a token, and where. */
  readonly told: () => readonly string[];
}

/** The server believes to be another one, as home servers do. */
export async function gitea(): Promise<Source> {
  const server = await startReleaseServer({ token: TOKEN, rootUrl: 'http://localhost:3000' });
  const where = [`--server=${server.url}`, `--repository=${server.repository}`, '--flavor=gitea'];
  return {
    verify: where,
    publish: where,
    show: async (version, assets) => {
      server.publish({ version, assets });
    },
    fault: (fault) => server.fault(fault),
    close: () => server.close(),
    told: () => server.requests.flatMap(({ path, authorization }) => (authorization ? [path] : [])),
  };
}

export async function github(): Promise<Source> {
  const server = await startGithubServer(TOKEN);
  const { url, uploadUrl, repository, store, requests } = server;
  const where = [`--server=${url}`, `--repository=${repository}`, '--flavor=github'];
  return {
    verify: where,
    publish: [...where, `--upload-server=${uploadUrl}`],
    show: async (version, assets) => {
      for (const one of store.all()) if (one.version === version) store.remove(one.id);
      store.add({ version, assets });
    },
    fault: () => {
      throw new Error('this stand-in has no faults');
    },
    close: () => server.close(),
    told: () => requests.filter((line) => line.endsWith('+token')),
  };
}

/** Over `directory`/www, of which `releases` is published. */
export async function web(directory: string): Promise<Source> {
  const releases = join(directory, 'www/releases');
  const server = await startStaticServer(join(directory, 'www'));
  return {
    verify: [`${server.url}/releases/`],
    publish: ['--dir', releases],
    show: async (version, assets) => {
      const folder = join(releases, version);
      await rm(folder, { recursive: true });
      await mkdir(folder);
      for (const { name, content } of assets) await writeFile(join(folder, name), content);
    },
    fault: (fault) => server.fault(fault),
    close: () => server.close(),
    told: () => server.requests.filter((line) => line.endsWith('+token')),
  };
}

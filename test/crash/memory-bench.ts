/**
 * The agent over a disk that forgets, with the small dashboard of `sides.ts` on it and real releases to install. Everything
 * happens in memory, so that thousands of cuts take seconds; releases are built once, by the real `tar`.
 */
import {
  Sha256Schema,
  VersionSchema,
  type Sha256,
  type TransactionResult,
  type Version,
} from '@pikit/protocol';
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import {
  createModels,
  startLife,
  type Models,
  type Steps,
} from '../../packages/agent/test/support/agent-life.ts';
import { aPolicy, aRelease, UNITS } from '../../packages/agent/test/support/workbench.ts';
import type { Policy } from '../../packages/agent/src/core/policy.ts';
import type { Disk } from '../../packages/agent/src/ports.ts';
import { steps } from '../../packages/agent/src/steps/all.ts';
import type { createSources } from '../../packages/agent/src/updater/sources.ts';
import { buildRelease, type ReleaseRecipe } from '../support/bundle-builder.ts';
import { createMemoryDisk, type MemoryDisk } from '../support/memory-disk/memory-disk.ts';
import { withTempDir } from '../support/temp-dir.ts';
import { OLD_FILES, OLD_VERSION } from './sides.ts';

/** What the directory source serves, as files of the device. */
export type Published = ReadonlyMap<
  string,
  { readonly files: ReadonlyMap<string, Uint8Array>; readonly manifestSha256: string }
>;

/** A version alone stands for the small dashboard's release. */
export async function buildReleases(
  releases: readonly (string | ReleaseRecipe)[],
): Promise<Published> {
  return withTempDir(async (dir) => {
    const published = new Map<string, { files: Map<string, Uint8Array>; manifestSha256: string }>();
    for (const release of releases) {
      const recipe = typeof release === 'string' ? aRelease(release) : release;
      const { version, assets, manifestSha256 } = await buildRelease(recipe, dir);
      const files = new Map<string, Uint8Array>();
      for (const { name, content } of assets) {
        files.set(`/media/releases/${version}/${name}`, await readFile(content));
      }
      published.set(version, { files, manifestSha256 });
    }
    return published;
  });
}

/** The old dashboard and everything that was published, all of it long on the medium. */
export async function layMemoryDevice(published: Published): Promise<MemoryDisk> {
  const memory = createMemoryDisk();
  const { disk } = memory;
  for (const [path, content, mode] of OLD_FILES) await disk.write(path, content, mode);
  await disk.write('/etc/pikit/version', `${OLD_VERSION}\n`, 0o644);
  for (const { files } of published.values()) {
    for (const [path, content] of files) await disk.write(path, content, 0o644);
  }
  return memory;
}

export interface Life extends Models {
  readonly disk: Disk;
  readonly apply: (version: string) => Promise<TransactionResult | undefined>;
  /** Fetches it, to be installed later. */
  readonly stage: (version: string) => Promise<TransactionResult | undefined>;
  readonly rollback: () => Promise<TransactionResult | undefined>;
  readonly repair: () => Promise<TransactionResult | undefined>;
  /** What is asked for when that version is. */
  readonly wanted: (version: string) => {
    readonly version: Version;
    readonly manifestSha256: Sha256;
  };
  /** Begins, and does not wait for the end. */
  readonly begin: (version: string) => Promise<unknown>;
  readonly agent: ReturnType<typeof startLife>;
}

interface LifeOptions {
  /** Versions that do not answer their probes. */
  readonly refused?: readonly string[];
  readonly table?: Steps;
  readonly policy?: Partial<Policy>;
  /** How it waits for a disk that refuses; else it gives up. */
  readonly retryDelaysMs?: readonly number[];
  /** Default: the one directory. */
  readonly sources?: Parameters<typeof createSources>[0]['sources'];
}

/** One process of the agent. */
export function liveOn(
  { disk }: MemoryDisk,
  published: Published,
  { refused = [], table = steps, policy = {}, retryDelaysMs = [], sources }: LifeOptions = {},
): Life {
  const models = createModels(UNITS);
  for (const version of refused) models.prober.refuses.add(version);
  const agent = startLife(disk, aPolicy(policy), models, table, {
    retryDelaysMs,
    ...(sources === undefined ? {} : { sources }),
  });
  const { updater } = agent;
  const wanted = (version: string) => ({
    version: v.parse(VersionSchema, version) satisfies Version,
    manifestSha256: v.parse(Sha256Schema, published.get(version)?.manifestSha256),
  });
  const begin = (version: string) => updater.apply(wanted(version), 'admin');
  const toItsEnd = async (beginning: Promise<unknown>): Promise<TransactionResult | undefined> => {
    await beginning;
    return updater.settled();
  };
  return {
    ...models,
    disk,
    agent,
    wanted,
    begin,
    apply: (version) => toItsEnd(begin(version)),
    stage: (version) => toItsEnd(updater.apply({ ...wanted(version), stageOnly: true }, 'admin')),
    rollback: () => toItsEnd(updater.rollback('admin')),
    repair: () => toItsEnd(updater.repair('admin')),
  };
}

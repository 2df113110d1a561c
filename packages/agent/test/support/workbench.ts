/**
 * The agent without its sockets, over a real directory: real disk, real archives, real releases made by `tar`; systemd,
 * the outsider's look and the clock are models. Each test makes its own and closes it.
 */
import { Sha256Schema, VersionSchema, type TransactionResult } from '@pikit/protocol';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { buildRelease, type ReleaseRecipe } from '../../../../test/support/bundle-builder.ts';
import { makeTempDir } from '../../../../test/support/temp-dir.ts';
import { digest } from '../../src/adapters/digest-crypto.ts';
import { createDisk } from '../../src/adapters/disk-posix.ts';
import type { Target } from '../../src/core/activation-plan.ts';
import type { JournalRecord } from '../../src/core/journal-record.ts';
import type { Limits, Policy } from '../../src/core/policy.ts';
import { steps } from '../../src/steps/all.ts';
import type { StepContext } from '../../src/steps/context.ts';
import { beginApply } from '../../src/updater/begin.ts';
import { createModels, startLife, type Steps } from './agent-life.ts';

export const TARGETS: readonly Target[] = [
  { from: 'pikit-web', to: '/var/www/pikit-web', kind: 'directory', copy: false },
  { from: 'pikit-api.py', to: '/usr/local/bin/pikit-api.py', kind: 'file', copy: false },
  { from: 'bin', to: '/usr/local/bin', kind: 'merge', copy: false },
  { from: 'cron', to: '/etc/cron.d', kind: 'merge', copy: true },
];

const LIMITS: Limits = {
  manifestBytes: 1024 * 1024,
  bundleBytes: 16 * 1024 * 1024,
  fileBytes: 48 * 1024 * 1024,
  unpackedBytes: 64 * 1024 * 1024,
  probeTimeoutMs: 5000,
  probeIntervalMs: 1000,
  guardTimeoutMs: 60_000,
  keep: 1,
  history: 20,
};

export const WEB = 'dietpi-dashboard-frontend.service';
export const API = 'pikit-api.service';

/** On every device here, and running. */
export const UNITS = {
  [WEB]: 'active',
  'pikit-update.timer': 'active',
  'pikit-guard.timer': 'inactive',
} as const;

export function aPolicy(patch: Partial<Policy>): Policy {
  return {
    channel: 'stable',
    product: undefined,
    targets: TARGETS,
    services: [
      { unit: WEB, action: 'restart', after: ['pikit-web'] },
      { unit: API, action: 'restart', after: ['pikit-api.py'] },
    ],
    commands: { isAllowed: true, timeoutMs: 60_000, user: 'root', write: [] },
    probes: [{ url: 'http://127.0.0.1/', assets: true, versionField: undefined }],
    limits: LIMITS,
    timer: 'pikit-update.timer',
    ...patch,
  };
}

/** A release in the plan's form, with a file for each kind of target. */
export function aRelease(version: string, recipe: Partial<ReleaseRecipe> = {}): ReleaseRecipe {
  return {
    version,
    files: {
      'pikit-web/index.html': `<h1>${version}</h1>`,
      'pikit-web/assets/logo.svg': '<svg/>',
      'pikit-api.py': { content: `print("${version}")`, mode: '755' },
      'bin/pikit-helper': { content: '#!/bin/sh\n', mode: '755' },
      'cron/pikit': `# ${version}\n`,
    },
    ...recipe,
  };
}

export type Workbench = Awaited<ReturnType<typeof createWorkbench>>;

/** `within` is a directory that exists, such as one on a filesystem of the test's own. */
export async function createWorkbench(
  patch: Partial<Policy> = {},
  table: Steps = steps,
  within?: string,
) {
  const dir = await makeTempDir(within);
  const root = dir.path;
  const media = join(root, 'media/releases');
  await mkdir(media, { recursive: true });
  const policy = aPolicy(patch);
  const models = createModels(UNITS);
  const agent = startLife(createDisk({ root }), policy, models, table);
  const { tools, updater } = agent;

  const host = (path: string): string => join(root, path);
  const wanted = async (version: string) => {
    const bytes = await readFile(join(media, version, 'manifest.json'));
    const manifestSha256 = v.parse(Sha256Schema, digest(bytes));
    return { version: v.parse(VersionSchema, version), manifestSha256 };
  };
  return {
    ...models,
    ...agent,
    root,
    policy,
    host,
    wanted,
    /** The next life over the same directory, with the real steps; whatever still runs in this one is forgotten. */
    restart: (changed: Policy = policy) => startLife(createDisk({ root }), changed, models, steps),
    publish: async (recipe: ReleaseRecipe) => buildRelease(recipe, media),
    /** Lays a file down as an operator would, outside the agent. */
    put: async (path: string, content: string, mode = 0o644) => {
      await mkdir(dirname(host(path)), { recursive: true });
      await writeFile(host(path), content, { mode });
    },
    /** What a program on the device reads at that path, through symlinks; undefined when there is nothing. */
    see: async (path: string) =>
      existsSync(host(path)) ? readFile(host(path), 'utf8') : undefined,
    begin: async (version: string) =>
      beginApply({ ...tools, store: agent.store }, await wanted(version), 'admin', quiet()),
    /** Through the updater, to its end. */
    apply: async (version: string): Promise<TransactionResult | undefined> => {
      await updater.apply(await wanted(version), 'admin');
      return updater.settled();
    },
    /** Fetches it, to be installed later. */
    stage: async (version: string): Promise<TransactionResult | undefined> => {
      await updater.apply({ ...(await wanted(version)), stageOnly: true }, 'admin');
      return updater.settled();
    },
    rollback: async (): Promise<TransactionResult | undefined> => {
      await updater.rollback('admin');
      return updater.settled();
    },
    repair: async (): Promise<TransactionResult | undefined> => {
      await updater.repair('admin');
      return updater.settled();
    },
    context: (record: JournalRecord) => contextOf(tools, models.log, record),
    close: () => dir.remove(),
  };
}

/** For a step alone: the record is kept in memory and can be looked at. */
function contextOf(
  tools: Omit<StepContext, 'log' | 'record' | 'amend' | 'note' | 'report'>,
  log: StepContext['log'],
  record: JournalRecord,
): StepContext & { readonly reports: unknown[] } {
  let now = record;
  const reports: unknown[] = [];
  return {
    ...tools,
    log,
    reports,
    record: () => now,
    amend: async (change) => {
      now = { ...now, ...change };
    },
    note(change) {
      now = { ...now, ...change };
    },
    report: (progress) => reports.push(progress),
  };
}

/** A signal that nobody aborts. */
export const quiet = (): AbortSignal => new AbortController().signal;

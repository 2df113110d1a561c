/**
 * An update that is cancelled, at any moment before it touches the device, and begun again, perhaps by another process: by the
 * server's own count nothing crosses the wire twice. Releases are packed by the product's packer, so that each way of fetching is
 * the one that a device takes.
 */
import type { Phase, TransactionId } from '@pikit/protocol';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClock } from '../../packages/agent/src/adapters/clock-system.ts';
import { createConfiguredSource } from '../../packages/agent/src/adapters/configured-source.ts';
import { createConnections } from '../../packages/agent/src/adapters/connections.ts';
import { digest } from '../../packages/agent/src/adapters/digest-crypto.ts';
import { createDisk } from '../../packages/agent/src/adapters/disk-posix.ts';
import { createKeptAnswers } from '../../packages/agent/src/adapters/kept-answers.ts';
import { createPauses } from '../../packages/agent/src/adapters/pauses.ts';
import { steps } from '../../packages/agent/src/steps/all.ts';
import type { Step } from '../../packages/agent/src/steps/context.ts';
import { createWorkbench, type Workbench } from '../../packages/agent/test/support/workbench.ts';
import { expectCode } from '../support/expect-code.ts';
import { startReleaseServer, type ReleaseServer } from '../support/release-server.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { waitFor } from '../support/wait-for.ts';

const PROGRAM = join(repositoryRoot(), 'deploy/release/dist/pikit-release.mjs');
const FILES = 8;
/** Of each file, old and new. Random, so that nothing of it is packed away. */
const HALF = 100_000;
const WAYS = ['patch', 'spans', 'whole'] as const;
type Way = (typeof WAYS)[number];
type Updater = Workbench['updater'];

let bench: Workbench;
let server: ReleaseServer;
/** What a test does as a phase begins or ends. */
let at: { readonly phase: Phase; readonly act: () => Promise<void> } | undefined;

const watched = (phase: Phase): Step =>
  async function step(context, signal) {
    await steps[phase](context, signal);
    if (at?.phase === phase) await at.act();
  };

beforeEach(async () => {
  server = await startReleaseServer();
  bench = await createWorkbench(
    {},
    {
      ...steps,
      preflight: watched('preflight'),
      verifying: watched('verifying'),
    },
  );
  Object.assign(bench.tools.source, overHttp());
});
afterEach(async () => {
  at = undefined;
  await server.close();
  await bench.close();
});

/** The release server, as the agent meets it. */
function overHttp() {
  const [disk, clock] = [createDisk({ root: bench.root }), createClock()];
  const { url, repository } = server;
  const reach = {
    root: bench.root,
    userAgent: 'pikit-test',
    stallTimeoutMs: 60_000,
    disk,
    clock,
    digest,
    routeTo: createConnections({ proxyFor: () => undefined, readCa: undefined }),
    pauses: createPauses({ disk, clock, path: '/pauses.json' }),
    answers: createKeptAnswers({ disk, clock, path: '/answers' }),
  };
  return createConfiguredSource({ kind: 'gitea', url, repository }, reach).source;
}

const host = (path: string): string => join(bench.root, path);

async function pack(version: string, files: readonly Buffer[], ...more: readonly string[]) {
  await mkdir(host('src/dist'), { recursive: true });
  const config = 'changelog = "https://example.org"\n[[entry]]\nfrom = "dist"\nto = "pikit-web"\n';
  await writeFile(host('src/pikit-release.toml'), config);
  for (const [index, content] of files.entries()) {
    await writeFile(host(`src/dist/${String(index)}.bin`), content);
  }
  const args = ['pack', '--version', version, '--out', host('media/releases'), ...more];
  execFileSync(PROGRAM, args, { cwd: host('src'), stdio: 'pipe' });
  const dir = host(`media/releases/${version}`);
  const names = await readdir(dir);
  return { version, assets: names.map((name) => ({ name, content: join(dir, name) })) };
}

/** Installs 1.0.0, and publishes a 1.1.0 that is fetched in this way. */
async function prepare(way: Way): Promise<void> {
  const old = Array.from({ length: FILES }, () => randomBytes(HALF));
  server.publish(await pack('1.0.0', old));
  expect(await bench.apply('1.0.0')).toMatchObject({ outcome: 'committed' });
  const files = old.map((content) => Buffer.concat([content, randomBytes(HALF)]));
  const previous = way === 'patch' ? ['--previous', '../media/releases/1.0.0'] : [];
  const release = await pack('1.1.0', files, ...previous);
  if (way === 'whole') await withoutSpans();
  const isPublished = ({ name }: { readonly name: string }): boolean =>
    way !== 'whole' || name !== 'manifest.json.gz';
  server.publish({ ...release, assets: release.assets.filter(isPublished) });
}

/** As in a release that was made by hand. */
async function withoutSpans(): Promise<void> {
  const path = host('media/releases/1.1.0/manifest.json');
  const document = JSON.parse(await readFile(path, 'utf8')) as { files: object[] };
  const files = document.files.map((file) => ({ ...file, span: undefined }));
  await writeFile(path, JSON.stringify({ ...document, files }));
}

const assets = () =>
  server.requests.filter(({ path }) => /pikit-1\.1\.0.*\.(?:gz|patch)$/.test(path));
const sent = (): number => assets().reduce((sum, { bytes }) => sum + bytes, 0);

/** What was sent may still be on its way. */
const hasArrived = async (bytes: number): Promise<boolean> =>
  ((await bench.board.snapshot()).progress?.bytesDone ?? 0) >= bytes;

async function begin(updater: Updater): Promise<TransactionId> {
  return updater.apply(await bench.wanted('1.1.0'), 'dashboard');
}

async function cancelled(updater: Updater, id: TransactionId): Promise<void> {
  await updater.cancel(id);
  expect(await updater.settled()).toMatchObject({ outcome: 'cancelled' });
  expect(await bench.see('/etc/pikit/version')).toBe('1.0.0\n');
}

/** By this process, or by one that has just started. */
function again(isRestarted: boolean): Updater {
  if (!isRestarted) return bench.updater;
  const life = bench.restart();
  Object.assign(life.tools.source, overHttp());
  return life.updater;
}

async function expectInstalled(updater: Updater): Promise<void> {
  await begin(updater);
  expect(await updater.settled()).toMatchObject({ outcome: 'committed' });
  const shown = await readFile(host('var/www/pikit-web/7.bin'));
  expect(shown.equals(await readFile(host('src/dist/7.bin')))).toBe(true);
  expect(await bench.disk.list('/var/lib/pikit/staging')).toEqual([]);
  expect(await bench.disk.list('/var/tmp/pikit-update')).toEqual([]);
}

/** What the update costs whom nobody disturbs, give or take the members that lie between. */
const COST: Readonly<Record<Way, number>> = {
  patch: FILES * HALF,
  spans: FILES * HALF * 2,
  whole: FILES * HALF * 2,
};

describe.each([false, true])(
  'after a cancel, by a process that was restarted: %s',
  (isRestarted) => {
    it.each(WAYS)('in the middle of the %s, only what is missing is fetched', async (way) => {
      await prepare(way);
      const stall = Math.floor(COST[way] * 0.7);
      server.fault({ path: /pikit-1\.1\.0.*\.(?:gz|patch)$/, stall, times: 1 });
      const id = await begin(bench.updater);
      await waitFor('most of it', async () => hasArrived(stall));
      await cancelled(bench.updater, id);
      expect(sent()).toBe(stall);
      await expectInstalled(again(isRestarted));
      // Of a member that had arrived by half nothing is kept; else not a byte is sent twice.
      const twice = way === 'spans' ? 2.2 * HALF : 0;
      expect(sent()).toBeGreaterThanOrEqual(COST[way]);
      expect(sent()).toBeLessThan(COST[way] * 1.02 + twice);
    });

    it.each(WAYS)('when all of the %s had been checked, nothing is fetched', async (way) => {
      await prepare(way);
      let id: TransactionId | undefined;
      const act = async (): Promise<void> => bench.updater.cancel(id ?? ('' as TransactionId));
      at = { phase: 'verifying', act };
      id = await begin(bench.updater);
      expect(await bench.updater.settled()).toMatchObject({ outcome: 'cancelled' });
      at = undefined;
      const [cost, requests] = [sent(), assets().length];
      expect(cost).toBeLessThan(COST[way] * 1.02);
      await expectInstalled(again(isRestarted));
      expect(sent()).toBe(cost);
      expect(assets()).toHaveLength(requests);
    });
  },
);

describe('a cancel', () => {
  it('in preflight has cost nothing, and what an earlier try had fetched stays', async () => {
    await prepare('whole');
    server.fault({ path: /pikit-1\.1\.0.*gz$/, stall: 500_000, times: 1 });
    const id = await begin(bench.updater);
    await waitFor('some of it', async () => hasArrived(500_000));
    await cancelled(bench.updater, id);
    let second: TransactionId | undefined;
    const act = async (): Promise<void> => bench.updater.cancel(second ?? id);
    at = { phase: 'preflight', act };
    second = await begin(bench.updater);
    expect(await bench.updater.settled()).toMatchObject({ outcome: 'cancelled', bytesFetched: 0 });
    at = undefined;
    expect(sent()).toBe(500_000);
    await expectInstalled(bench.updater);
    expect(sent()).toBeLessThan(COST.whole * 1.02);
  });

  it('of an update that was cancelled takes away what it had fetched', async () => {
    await prepare('whole');
    server.fault({ path: /pikit-1\.1\.0.*gz$/, stall: 500_000, times: 1 });
    const id = await begin(bench.updater);
    await waitFor('some of it', async () => hasArrived(500_000));
    await cancelled(bench.updater, id);
    expect(await bench.disk.list('/var/tmp/pikit-update')).toEqual(['1.1.0']);
    await bench.updater.cancel(id);
    expect(await bench.disk.list('/var/tmp/pikit-update')).toEqual([]);
    expect(await bench.disk.list('/var/lib/pikit/staging')).toEqual([]);
    await expectCode(bench.updater.cancel(id), 'no-such-transaction');
  });

  it('never spoils the next try where what was kept was torn', async () => {
    await prepare('patch');
    server.fault({ path: /patch$/, stall: 500_000, times: 1 });
    const id = await begin(bench.updater);
    await waitFor('some of it', async () => hasArrived(500_000));
    await cancelled(bench.updater, id);
    await writeFile(host('var/tmp/pikit-update/1.1.0/patch'), Buffer.alloc(500_000));
    await expectInstalled(bench.updater);
    expect(bench.log.lines.join('\n')).toContain(
      'the part of the patch that lay here is of no use',
    );
  });
});

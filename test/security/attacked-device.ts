/**
 * A device that runs 1.0.0, with canaries on it and beside it, for one attack after the other: what is published, what the
 * agent answers, and what has changed. The agent is the real one, in this process or as the bundled program.
 */
import { UpdateError, type TransactionResult } from '@pikit/protocol';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aRelease, createWorkbench, TARGETS } from '../../packages/agent/test/support/workbench.ts';
import { steps } from '../../packages/agent/src/steps/all.ts';
import { sha256, type OddCase, type Published } from '../fixtures/hostile/release.ts';
import { runProgram } from '../integration/scene.ts';
import { buildRelease } from '../support/bundle-builder.ts';
import { createMinisignKey, type MinisignKey } from '../support/minisign-key.ts';
import type { ReleaseServer } from '../support/release-server.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { differences, layCanaries, photograph } from './canary.ts';

export interface Answer {
  /** A code, or how else it ended, such as `committed`. */
  readonly code: string;
  /** What is different from before: nothing, when an attack failed as it should. */
  readonly touched: readonly string[];
}

export interface AttackedDevice {
  readonly attack: (release: OddCase) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

interface Offer {
  readonly version: string;
  readonly published: Published;
  readonly manifestSha256: string;
}

const AGENT = 'agent/dist/pikit-agent.mjs';
const RUNNING = '1.0.0';
const HOSTILE = '2.0.0';
/** That of the device; no honest release names one. */
const PRODUCT = 'pikit';

type Ended = Partial<Pick<TransactionResult, 'outcome' | 'error'>> | undefined;

const codeOf = (ended: Ended): string => ended?.error?.code ?? ended?.outcome ?? 'no end';

/** Assets as a server has them and a directory too. */
const assetsOf = ({ version, published: { bundle, manifest, signature } }: Offer) => [
  { name: `pikit-${version}.tar.gz`, content: bundle },
  { name: 'manifest.json', content: manifest },
  ...(signature === undefined
    ? []
    : [{ name: 'manifest.json.minisig', content: Buffer.from(signature) }]),
];

function layInDirectory(media: string, offer: Offer): void {
  const folder = join(media, offer.version);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { name, content } of assetsOf(offer)) writeFileSync(join(folder, name), content);
}

/** Publishes, applies, compares. */
function attacker(
  place: { readonly directory: string; readonly root: string; readonly outside: string },
  publish: (offer: Offer) => void,
  apply: (offer: Offer) => Promise<string>,
  key: MinisignKey,
): AttackedDevice['attack'] {
  let before = photograph(place.directory, place.root);
  return async (release) => {
    const version = release.version ?? HOSTILE;
    const published = release.publish({ version, outside: place.outside, key });
    const offer = { version, published, manifestSha256: sha256(published.manifest) };
    publish(offer);
    const code = await apply(offer);
    const after = photograph(place.directory, place.root);
    const touched = differences(before, after);
    before = after;
    return { code, touched };
  };
}

/** The agent in this process, over a directory source. With `isSigned` it trusts a key: an unsigned release is none. */
export async function createDirectDevice({ isSigned = false } = {}): Promise<AttackedDevice> {
  const dir = await makeTempDir();
  const outside = join(dir.path, 'outside');
  const bench = await createWorkbench({ product: PRODUCT }, steps, dir.path);
  const { root } = bench;
  await bench.publish(aRelease(RUNNING));
  await bench.apply(RUNNING);
  layCanaries(root, outside);
  const key = createMinisignKey();
  if (isSigned) await bench.put('/etc/pikit/keys/maintainer.pub', key.publicFile);
  const apply = async ({ version }: Offer): Promise<string> => {
    try {
      return codeOf(await bench.apply(version));
    } catch (error) {
      return error instanceof UpdateError ? error.code : String(error);
    }
  };
  const publish = (offer: Offer): void => {
    layInDirectory(join(root, 'media/releases'), offer);
  };
  return {
    attack: attacker({ directory: dir.path, root, outside }, publish, apply, key),
    close: () => dir.remove(),
  };
}

const SOURCES = {
  directory: '[source]\nkind = "dir"\npath = "/media/releases"',
  server: ({ url, repository }: ReleaseServer): string =>
    `[source]\nkind = "gitea"\nurl = "${url}"\nrepository = "${repository}"`,
} as const;

/** Without services and probes, so that no other program runs; the limit on what unpacks is that of the workbench. */
const configOf = (source: string): string =>
  [
    `product = "${PRODUCT}"`,
    source,
    ...TARGETS.map(
      ({ from, to, kind, copy }) =>
        `[[target]]\nfrom = "${from}"\nto = "${to}"\nkind = "${kind}"\ncopy = ${String(copy)}`,
    ),
    '[limits]\nunpacked_max_bytes = 67108864\nmanifest_max_bytes = 1048576\n',
  ].join('\n\n');

interface Bundled {
  readonly server?: ReleaseServer;
  readonly isSigned?: boolean;
}

/** The bundled program, over a directory source or, given a server, over HTTP. */
export async function createBundledDevice({
  server,
  isSigned = false,
}: Bundled = {}): Promise<AttackedDevice> {
  const dir = await makeTempDir();
  const [root, outside] = [join(dir.path, 'root'), join(dir.path, 'outside')];
  const media = join(root, 'media/releases');
  mkdirSync(join(root, 'etc/pikit'), { recursive: true });
  const source = server === undefined ? SOURCES.directory : SOURCES.server(server);
  writeFileSync(join(root, 'etc/pikit/updater.toml'), configOf(source));
  const publish = (offer: Offer): void => {
    if (server === undefined) layInDirectory(media, offer);
    else server.publish({ version: offer.version, assets: assetsOf(offer) });
  };
  const apply = async ({ version, manifestSha256 }: Pick<Offer, 'version' | 'manifestSha256'>) => {
    const wanted = JSON.stringify({ version, manifestSha256 });
    const { stdout } = await runProgram(AGENT, ['--root', root, '--run', 'update.apply', wanted]);
    return codeOf(JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Ended);
  };
  const running = await buildRelease(aRelease(RUNNING), server === undefined ? media : dir.path);
  server?.publish(running);
  const code = await apply(running);
  if (code !== 'committed') throw new Error(`the first release ended with ${code}`);
  layCanaries(root, outside);
  const key = createMinisignKey();
  if (isSigned) writeFileSync(join(root, 'etc/pikit/keys/maintainer.pub'), key.publicFile);
  return {
    attack: attacker({ directory: dir.path, root, outside }, publish, apply, key),
    close: () => dir.remove(),
  };
}

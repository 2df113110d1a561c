/**
 * Later versions of the product, each built from a checkout of its own in which its number and that of the protocol are others: what
 * a release of a dashboard carries in its folder `updater/`.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { FileContent, ReleaseFiles } from '../../support/bundle-builder.ts';
import { copyCheckout } from '../../support/checkout-copy.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

interface Version {
  readonly version: string;
  readonly protocol: number;
}

/** Where a program has its own number. */
const NUMBERS = [
  'packages/agent/package.json',
  'packages/api/src/version.ts',
  'packages/ui/src/version.ts',
];
const PROTOCOL = 'packages/protocol/src/version.ts';
const PROGRAMS = [
  'agent/dist/pikit-agent.mjs',
  'agent/dist/pikit-rpc.mjs',
  'api/dist/pikit-api.mjs',
];
const PAGE = 'packages/ui/dist';

/** One after the other, in the order that is asked for: each build takes all processors. */
export async function buildProducts(
  versions: readonly Version[],
): Promise<readonly ReleaseFiles[]> {
  const made: ReleaseFiles[] = [];
  // Where most checkouts lie, too: then packages need not be copied.
  const dir = await makeTempDir('/var/tmp');
  try {
    const checkout = join(dir.path, 'checkout');
    await copyCheckout(checkout);
    for (const version of versions) made.push(await build(checkout, version));
    return made;
  } finally {
    await dir.remove();
  }
}

async function build(checkout: string, { version, protocol }: Version): Promise<ReleaseFiles> {
  const at = (path: string): string => join(checkout, path);
  for (const path of NUMBERS) await replace(at(path), /\b\d+\.\d+\.\d+\b/, version);
  await replace(at(PROTOCOL), /(?<=PROTOCOL_VERSION = )\d+/, String(protocol));
  await promisify(execFile)(process.execPath, [at('deploy/build.mjs')], { cwd: checkout });
  const files: Record<string, FileContent> = { 'updater/lib/version': `${version}\n` };
  for (const path of PROGRAMS) {
    files[`updater/lib/${basename(path)}`] = await readFile(at(`packages/${path}`));
  }
  for (const entry of await readdir(at(PAGE), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files[`updater/ui${path.slice(at(PAGE).length)}`] = await readFile(path);
  }
  return files;
}

async function replace(file: string, what: RegExp, by: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(what, by));
}

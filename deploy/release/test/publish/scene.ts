/** A release on disk and a way to publish it on a server that is given, as the command puts it together. */
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { buildRelease, type BuiltRelease } from '../../../../test/support/bundle-builder.ts';
import { createMinisignKey } from '../../../../test/support/minisign-key.ts';
import { createHttp } from '../../src/publish/http.ts';
import { readReleaseFiles, type ReleaseFiles } from '../../src/publish/release-files.ts';
import {
  createReleaseHost,
  type Flavor,
  type ReleaseHost,
} from '../../src/publish/release-host.ts';
import { createRetrying } from '../../src/publish/retrying.ts';
import { publishToServer, type Published } from '../../src/publish/to-server.ts';

export const TOKEN = 'secret-token-of-the-maintainer';

const signer = createMinisignKey();

/** In a folder of its own, so that a version can be built twice. */
export async function aRelease(
  dir: string,
  version = '1.4.0',
  page = `page of ${version}`,
): Promise<BuiltRelease> {
  const home = await mkdtemp(join(dir, 'r-'));
  return buildRelease(
    { version, files: { 'pikit-web/index.html': page }, form: 'full', signer },
    home,
  );
}

export const filesOf = ({ dir }: BuiltRelease): Promise<ReleaseFiles> =>
  readReleaseFiles(dir, false);

export function hostOf(flavor: Flavor, stallMs = 5000): ReleaseHost {
  return createReleaseHost(flavor, createHttp({ ...flavor, token: TOKEN, stallMs }));
}

export async function publishOn(
  flavor: Flavor,
  release: BuiltRelease,
  tag = `v${release.version}`,
  mayBeUnsigned = false,
): Promise<Published> {
  const files = await readReleaseFiles(release.dir, mayBeUnsigned);
  const description = { tag, name: files.version, notes: 'New card', prerelease: false };
  const needs = { host: hostOf(flavor), retrying: createRetrying(1) };
  return publishToServer(files, description, needs);
}

/**
 * The manifest as it is published: refused by the rules of the agent before anybody else can refuse it, and written so that a
 * person can read and compare it, a line for each file.
 */
import { MANIFEST_NAME, UpdateError, type Version } from '@pikit/protocol';
import { MANIFEST_LIMITS, type Manifest } from '@pikit/protocol/manifest';
import { modeOf, parseManifest } from '../../../../packages/agent/src/core/manifest.ts';
import { assertMayRun, commandsOf } from '../../../../packages/agent/src/core/post-install.ts';
import { assertModest, DEFAULT_SIZES } from '../../../../packages/agent/src/core/release-size.ts';

/** Members that are undefined or empty lists are left out. */
export function manifestText(members: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(members)
    .filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `  ${JSON.stringify(name)}: ${valueText(value)}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}

function valueText(value: unknown): string {
  if (!Array.isArray(value)) return JSON.stringify(value);
  const lines = value.map((one) => `    ${JSON.stringify(one)}`);
  return `[\n${lines.join(',\n')}\n  ]`;
}

/** Throws `manifest-invalid`, `post-install-refused`, `too-large`: what a device would that allows all it can allow. */
export function assertPublishable(text: string, version: Version, bundleBytes: number): Manifest {
  const bytes = new TextEncoder().encode(text);
  const limit = MANIFEST_LIMITS.bytes;
  if (bytes.length > limit) {
    throw new UpdateError('too-large', `the manifest is larger than ${String(limit)} bytes`, {
      details: { limit, path: MANIFEST_NAME },
    });
  }
  const manifest = parseManifest(bytes, version);
  assertModest(manifest, bundleBytes, { limits: DEFAULT_SIZES, targets: [] });
  const commands = commandsOf(manifest.post_install ?? []);
  assertMayRun(commands, manifest.files, { isSigned: true, isAllowed: true, hasSystemd: true });
  return manifest;
}

/** Why the release is of no use until it is signed. */
export function reasonsToSign({ files, post_install = [], keys }: Manifest): readonly string[] {
  const special = files.filter((file) => ((modeOf(file) ?? 0) & 0o7000) !== 0);
  return [
    ...special.map(({ path, mode = '' }) => `${path} has mode ${mode}, which needs a signature`),
    ...commandsOf(post_install).map(({ entry }) => `the command "${entry}" needs a signature`),
    ...(keys === undefined ? [] : ['keys are believed from a signed manifest only']),
  ];
}

/** What is published in a repository on Gitea, Forgejo or GitHub, by the rules of the agent: no drafts, tags with a version. */
import { channelOf, UpdateError, VersionSchema, type Version } from '@pikit/protocol';
import * as v from 'valibot';
import { failure } from '../publish/http-failure.ts';
import type { HostedRelease, ReleaseHost } from '../publish/release-host.ts';
import { TOKEN_VARIABLE } from '../publish/token.ts';
import type { PublishedRelease } from './published-release.ts';

/** Throws `source-refused`, `source-invalid`, `offline`, `too-large`. */
export async function listOnServer(host: ReleaseHost): Promise<readonly PublishedRelease[]> {
  const found = new Map<Version, PublishedRelease>();
  for (const release of await host.list().catch(withAdvice)) {
    const parsed = v.safeParse(VersionSchema, release.tag_name.replace(/^v/, ''));
    if (release.draft || !parsed.success) continue;
    const version = parsed.output;
    // Newest first, so of two tags for one version (`1.0.0`, `v1.0.0`) the later one counts.
    if (found.has(version)) continue;
    const channel = release.prerelease === true ? 'beta' : channelOf(version);
    found.set(version, {
      version,
      channel,
      read: (name, maxBytes) => readAsset(host, release, name, maxBytes),
    });
  }
  return [...found.values()];
}

async function* readAsset(
  host: ReleaseHost,
  release: HostedRelease,
  name: string,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const [asset, ...twins] = (release.assets ?? []).filter((one) => one.name === name);
  const where = `${release.tag_name}, ${name}`;
  if (asset === undefined) {
    throw new UpdateError('file-missing', `${where}: is not attached`, {
      details: { path: name, reason: 'is not attached' },
    });
  }
  // Gitea allows it, and then nobody knows which one was meant.
  if (twins.length > 0) throw failure('source-invalid', release.html_url ?? '', `${where}: twice`);
  // Without its uuid it is asked for by its name, as a device does.
  yield* host.read(release, { ...asset, uuid: null, size: maxBytes });
}

/** Servers answer 404 for what a stranger may not see. */
const DOORS = new Set<unknown>([401, 403, 404]);

function withAdvice(error: unknown): never {
  if (!(error instanceof UpdateError) || !DOORS.has(error.details['status'])) throw error;
  const advice = `a private repository needs a token: --token-file, or ${TOKEN_VARIABLE}`;
  throw new UpdateError(error.code, `${error.message}; ${advice}`, {
    cause: error,
    details: { ...error.details, advice },
  });
}

/**
 * Publishes on a server so that no device ever sees half of it: draft, files, each one read back, and only then published.
 * Every step looks at what is there first; so an interrupted run, or a lost answer, is carried on by doing it again.
 */
import { SIGNATURE_NAME, UpdateError } from '@pikit/protocol';
import { isPassing } from './http-failure.ts';
import type { ReleaseFile, ReleaseFiles } from './release-files.ts';
import type { Description, HostedRelease, ReleaseHost } from './release-host.ts';
import type { Retrying } from './retrying.ts';

export interface Published {
  /** False where this very release was there already. */
  readonly isNew: boolean;
  readonly page: string | undefined;
  /** Names of the files that were sent now; the others were there. */
  readonly uploaded: readonly string[];
}

interface Needs {
  readonly host: ReleaseHost;
  readonly retrying: Retrying;
}

/** Throws `already-published`, `hash-mismatch`, and what the way to a server can throw. */
export async function publishToServer(
  release: ReleaseFiles,
  description: Description,
  { host, retrying }: Needs,
): Promise<Published> {
  const { version, files } = release;
  // Devices read both as this version.
  const tags = [`v${version}`, version];
  const opened = await retrying(async () => {
    const found = await host.find(tags);
    const published = found.find(({ draft }) => !draft);
    if (published !== undefined) {
      if (await isThisOne(host, published, files)) return published;
      throw alreadyPublished(version, `${published.tag_name} is published with other content`);
    }
    return draftAmong(found, release, description) ?? host.createDraft(description);
  });
  const page = opened.html_url ?? undefined;
  if (!opened.draft) return { isNew: false, page, uploaded: [] };

  await retrying(() => removeLeftovers(host, opened.id, files));
  const uploaded: string[] = [];
  for (const file of files) {
    const isSent = await retrying(() => place(host, opened.id, file));
    if (isSent) uploaded.push(file.name);
  }
  const last = await retrying(async () => {
    const names = (await host.load(opened.id)).assets?.map(({ name }) => name) ?? [];
    if (!isExactly(names, files)) throw changedMeanwhile(version);
    return host.publish(opened.id, description);
  });
  return { isNew: true, page: last.html_url ?? page, uploaded };
}

/** A draft that we may have begun: our tag, our title, none but our files. Any other is a person's, and is left alone. */
function draftAmong(
  drafts: readonly HostedRelease[],
  { version, files }: ReleaseFiles,
  { tag, name }: Description,
): HostedRelease | undefined {
  const ours = drafts.find(
    (draft) =>
      draft.tag_name === tag &&
      draft.name === name &&
      (draft.assets ?? []).every((asset) => isOurs(asset.name, files)),
  );
  const [other] = drafts;
  if (ours !== undefined || other === undefined) return ours;
  const reason = `a draft of something else has the tag ${other.tag_name}`;
  throw alreadyPublished(version, `${reason}; delete it there unless somebody works at it`);
}

/** The signature too when there is none now: a run before may have had one. */
function isOurs(name: string, files: readonly ReleaseFile[]): boolean {
  return name === SIGNATURE_NAME || files.some((file) => file.name === name);
}

async function isThisOne(
  host: ReleaseHost,
  release: HostedRelease,
  files: readonly ReleaseFile[],
): Promise<boolean> {
  const assets = release.assets ?? [];
  const names = assets.map(({ name }) => name);
  if (!isExactly(names, files)) return false;
  for (const file of files) {
    const asset = assets.find(({ name }) => name === file.name);
    if (asset === undefined || !(await host.holds(release, asset, file))) return false;
  }
  return true;
}

function isExactly(names: readonly string[], files: readonly ReleaseFile[]): boolean {
  return names.length === files.length && files.every(({ name }) => names.includes(name));
}

/** A signature of a run before, when there is none now. */
async function removeLeftovers(
  host: ReleaseHost,
  id: number,
  files: readonly ReleaseFile[],
): Promise<void> {
  const draft = await host.load(id);
  for (const asset of draft.assets ?? []) {
    if (!files.some(({ name }) => name === asset.name)) await host.remove(draft, asset);
  }
}

/** Afterwards the draft has this file once and the server gives it back. False when that was so already. */
async function place(host: ReleaseHost, id: number, file: ReleaseFile): Promise<boolean> {
  const draft = await host.load(id);
  let kept = false;
  for (const asset of (draft.assets ?? []).filter(({ name }) => name === file.name)) {
    if (!kept && (await isKept(host, draft, asset, file))) kept = true;
    else await host.remove(draft, asset);
  }
  if (kept) return false;
  await host.upload(draft, file);
  const [asset] = ((await host.load(id)).assets ?? []).filter(({ name }) => name === file.name);
  if (asset !== undefined && (await host.holds(draft, asset, file))) return true;
  throw new UpdateError('hash-mismatch', `the server gives back another ${file.name}`, {
    details: { path: file.name },
  });
}

/** What the server has lost is no longer worth keeping; a failure that passes says nothing about the file. */
async function isKept(
  host: ReleaseHost,
  ...asked: Parameters<ReleaseHost['holds']>
): Promise<boolean> {
  try {
    return await host.holds(...asked);
  } catch (error) {
    if (isPassing(error) || !(error instanceof UpdateError)) throw error;
    return false;
  }
}

function alreadyPublished(version: string, reason: string): UpdateError {
  return new UpdateError('already-published', `${version} cannot be published: ${reason}`, {
    details: { version, reason },
  });
}

function changedMeanwhile(version: string): UpdateError {
  return new UpdateError('busy', `somebody else changes the draft of ${version}`, {
    details: { what: `publishing ${version}` },
  });
}

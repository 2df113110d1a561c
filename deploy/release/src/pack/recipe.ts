/**
 * What stands in the manifest besides the files: the config, with what the command line and the environment add to it. It
 * asks no clock, so that the same recipe comes out on every day.
 */
import { UpdateError, VersionSchema, type Version } from '@pikit/protocol';
import { basename } from 'node:path';
import * as v from 'valibot';
import { sectionOf } from './changelog-section.ts';
import { daysAfter, parseEpoch, parseMoment } from './moments.ts';
import { invalidConfig, type ReleaseConfig } from './release-config.ts';

/** What was said outside the file; undefined where nothing was. */
export interface Said {
  readonly version: string | undefined;
  readonly released: string | undefined;
  /** `SOURCE_DATE_EPOCH`. */
  readonly epoch: string | undefined;
}

export interface Recipe {
  readonly version: Version;
  readonly product: string | undefined;
  readonly released: string | undefined;
  /** Members of the manifest in their order, without the files. */
  readonly members: Readonly<Record<string, unknown>>;
}

/** `notes` is the text of the file that the config names. Throws `config-invalid` and `invalid-request`. */
export function createRecipe(
  config: ReleaseConfig,
  file: string,
  said: Said,
  notes: string | undefined,
): Recipe {
  const version = versionOf(config, file, said);
  const released = releasedAt(config, said);
  const expires = expiresAt(config, file, released);
  const { product, breaking, post_install, requires, keys } = config;
  const members = {
    format: 1,
    version,
    product,
    released,
    expires,
    changelog: config.changelog.replaceAll('{version}', version),
    notes: notes === undefined ? undefined : notesOf(config, file, notes, version),
    breaking,
    requires,
    post_install,
    keys,
  };
  return { version, product, released, members };
}

function versionOf(config: ReleaseConfig, file: string, said: Said): Version {
  if (said.version === undefined) {
    if (config.version !== undefined) return config.version;
    throw invalidConfig(file, 'version', 'is missing here, and --version is not given');
  }
  const parsed = v.safeParse(VersionSchema, said.version.replace(/^v/, ''));
  if (parsed.success) return parsed.output;
  throw new UpdateError(
    'invalid-request',
    `--version ${said.version}: ${parsed.issues[0].message}`,
  );
}

function releasedAt({ released }: ReleaseConfig, said: Said): string | undefined {
  if (said.released !== undefined) {
    return given('--released', said.released, parseMoment(said.released));
  }
  if (released !== undefined || said.epoch === undefined) return released;
  return given('SOURCE_DATE_EPOCH', said.epoch, parseEpoch(said.epoch));
}

function given(what: string, text: string, moment: string | undefined): string {
  if (moment !== undefined) return moment;
  throw new UpdateError('invalid-request', `${what} is not a date: ${text}`);
}

function expiresAt(
  { expires }: ReleaseConfig,
  file: string,
  released: string | undefined,
): string | undefined {
  const refused = (reason: string) => invalidConfig(file, 'expires', reason);
  if (typeof expires !== 'number') {
    const isPast = expires !== undefined && released !== undefined && expires <= released;
    if (isPast) throw refused(`is not after the release, which is of ${released}`);
    return expires;
  }
  if (released === undefined) throw refused('counts days from a date, and `released` is not given');
  const moment = daysAfter(released, expires);
  if (moment === undefined) throw refused('is too far away');
  return moment;
}

function notesOf(config: ReleaseConfig, file: string, notes: string, version: Version): string {
  const isChangelog = /^changelog\.md$/i.test(basename(config.notes ?? ''));
  const text = isChangelog ? sectionOf(notes, version) : notes.replaceAll('\r\n', '\n').trim();
  if (text !== undefined && text !== '') return text;
  const reason = isChangelog ? `has no section for ${version}` : 'is empty';
  throw invalidConfig(file, 'notes', `${config.notes ?? ''} ${reason}`);
}

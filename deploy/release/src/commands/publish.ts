/** `publish`: brings the files of a release to where devices look for them. It makes none and signs none. */
import { UpdateError } from '@pikit/protocol';
import { readBounded } from '../bounded-file.ts';
import type { Answer, Arguments, Command, Note } from '../command.ts';
import { createHttp } from '../publish/http.ts';
import { readReleaseFiles, type ReleaseFiles } from '../publish/release-files.ts';
import { createReleaseHost, type Description } from '../publish/release-host.ts';
import {
  flavorOf,
  REPOSITORY_HELP,
  REPOSITORY_OPTIONS,
  repositoryIn,
} from '../publish/repository.ts';
import { createRetrying } from '../publish/retrying.ts';
import { publishToDirectory } from '../publish/to-directory.ts';
import { publishToServer } from '../publish/to-server.ts';
import { readToken } from '../publish/token.ts';

const STALL_MS = 120_000;
const FIRST_DELAY_MS = 1000;
/** As much as a manifest may say. */
const MAX_NOTES_BYTES = 64 * 1024;

export const publish: Command = {
  name: 'publish',
  summary: 'bring a release to a server or into a directory',
  help: `usage: pikit-release publish DIR --server URL --repository OWNER/NAME --flavor gitea|github
       pikit-release publish DIR --dir TARGET

DIR holds manifest.json, manifest.json.gz, the bundle and manifest.json.minisig. On a server they are attached to a draft, read back and
compared, and only then the draft is published; after an interruption the same command carries on. In a directory they go
to TARGET/<version>/, and TARGET/releases.json is brought up to date. A version that is there with other content is refused.

${REPOSITORY_HELP}
  --tag TAG            v and the version, which is the default, or the version alone
  --notes FILE         Markdown; default: the notes of the manifest
  --prerelease         for devices of the beta channel; a version such as 1.5.0-rc.1 is one by itself
  --upload-server URL  where else GitHub may have files sent; default: https://uploads.github.com
  --unsigned           publish without a signature: devices with a key will refuse it`,
  options: {
    ...REPOSITORY_OPTIONS,
    dir: { type: 'string' },
    tag: { type: 'string' },
    notes: { type: 'string' },
    prerelease: { type: 'boolean' },
    'upload-server': { type: 'string' },
    unsigned: { type: 'boolean' },
  },
  async run({ values, positionals }, note) {
    const [directory, ...rest] = positionals;
    if (directory === undefined || rest.length > 0) throw wrong('name one directory; see --help');
    const target = text(values, 'dir');
    if ((target === undefined) === (text(values, 'server') === undefined)) {
      throw wrong('say either --server or --dir; see --help');
    }
    if (target !== undefined) assertNoneOf(values, SERVER_ONLY);
    const release = await readReleaseFiles(directory, values['unsigned'] === true);
    return target === undefined ? toServer(release, values, note) : toDirectory(release, target);
  },
};

type Values = Arguments['values'];

const SERVER_ONLY = [
  'repository',
  'flavor',
  'tag',
  'notes',
  'prerelease',
  'token-file',
  'upload-server',
];

async function toDirectory(release: ReleaseFiles, target: string): Promise<Answer> {
  const isNew = await publishToDirectory(release, target);
  return answer(release, isNew, { dir: target }, target);
}

async function toServer(
  release: ReleaseFiles,
  values: Values,
  note: Note | undefined,
): Promise<Answer> {
  const repository = repositoryIn({ values });
  const description = await describe(release, values);
  const token = await readToken(text(values, 'token-file'), process.env);
  const flavor = flavorOf(repository, token, text(values, 'upload-server'));
  const http = createHttp({ ...flavor, token, stallMs: STALL_MS });
  const { isNew, page, uploaded } = await publishToServer(release, description, {
    host: createReleaseHost(flavor, http),
    retrying: createRetrying(FIRST_DELAY_MS, note),
  });
  const { server, name } = repository;
  const where = { server, repository: name, tag: description.tag, page: page ?? null, uploaded };
  return answer(release, isNew, where, `${server}/${name}, tag ${description.tag}`);
}

async function describe(release: ReleaseFiles, values: Values): Promise<Description> {
  const { version, channel, notes } = release;
  const tag = text(values, 'tag') ?? `v${version}`;
  // Devices take the version from the tag.
  if (tag !== version && tag !== `v${version}`) throw wrong(`the tag of ${version} is v${version}`);
  const file = text(values, 'notes');
  return {
    tag,
    name: version,
    notes: file === undefined ? notes : await readNotes(file),
    prerelease: values['prerelease'] === true || channel === 'beta',
  };
}

async function readNotes(path: string): Promise<string> {
  const bytes = await readBounded(path, MAX_NOTES_BYTES);
  if (bytes === undefined) throw wrong(`${path} cannot be read`);
  return bytes.toString();
}

function answer(release: ReleaseFiles, isNew: boolean, where: object, place: string): Answer {
  const { version, isSigned } = release;
  const assets = release.files.map(({ name, size, sha256 }) => ({ name, size, sha256 }));
  const lines = [
    `${version} ${isNew ? 'is published' : 'was published before, byte for byte'}: ${place}`,
    ...assets.map(({ name, size, sha256 }) => `${sha256}  ${name} (${String(size)} bytes)`),
    ...(isSigned
      ? []
      : ['NOT SIGNED: a device with a key refuses it, one without believes anybody']),
  ];
  return {
    document: { version, published: isNew ? 'now' : 'before', signed: isSigned, ...where, assets },
    text: lines.join('\n'),
  };
}

function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

function assertNoneOf(values: Values, names: readonly string[]): void {
  const given = names.find((name) => values[name] !== undefined);
  if (given !== undefined) throw wrong(`--${given} does not go with --dir`);
}

function wrong(message: string): UpdateError {
  return new UpdateError('invalid-request', message);
}

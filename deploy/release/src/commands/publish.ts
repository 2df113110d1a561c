/** `publish`: brings the files of a release to where devices look for them. It makes none and signs none. */
import { UpdateError } from '@pikit/protocol';
import { open } from 'node:fs/promises';
import type { Answer, Arguments, Command } from '../command.ts';
import { createGiteaFlavor } from '../publish/flavor-gitea.ts';
import { createGithubFlavor } from '../publish/flavor-github.ts';
import { createHttp } from '../publish/http.ts';
import { readReleaseFiles, type ReleaseFiles } from '../publish/release-files.ts';
import { createReleaseHost, type Description, type Flavor } from '../publish/release-host.ts';
import { createRetrying } from '../publish/retrying.ts';
import { publishToDirectory } from '../publish/to-directory.ts';
import { publishToServer } from '../publish/to-server.ts';
import { readToken, TOKEN_VARIABLE } from '../publish/token.ts';
import { checkAddress } from '../publish/web-address.ts';

const STALL_MS = 120_000;
const FIRST_DELAY_MS = 1000;
/** As much as a manifest may say. */
const MAX_NOTES_BYTES = 64 * 1024;

const REPOSITORY = /^[\w.-]+\/[\w.-]+$/;

export const publish: Command = {
  name: 'publish',
  summary: 'bring a release to a server or into a directory',
  help: `usage: pikit-release publish DIR --server URL --repository OWNER/NAME --flavor gitea|github
       pikit-release publish DIR --dir TARGET

DIR holds manifest.json, the bundle and manifest.json.minisig. On a server they are attached to a draft, read back and
compared, and only then the draft is published; after an interruption the same command carries on. In a directory they go
to TARGET/<version>/, and TARGET/releases.json is brought up to date. A version that is there with other content is refused.

  --flavor gitea       also for Forgejo
  --flavor github      --server https://api.github.com
  --tag TAG            v and the version, which is the default, or the version alone
  --notes FILE         Markdown; default: the notes of the manifest
  --prerelease         for devices of the beta channel; a version such as 1.5.0-rc.1 is one by itself
  --token-file FILE    mode 0600; default: the variable ${TOKEN_VARIABLE}
  --upload-server URL  where else GitHub may have files sent; default: https://uploads.github.com
  --unsigned           publish without a signature: devices with a key will refuse it`,
  options: {
    server: { type: 'string' },
    repository: { type: 'string' },
    flavor: { type: 'string' },
    dir: { type: 'string' },
    tag: { type: 'string' },
    notes: { type: 'string' },
    prerelease: { type: 'boolean' },
    'token-file': { type: 'string' },
    'upload-server': { type: 'string' },
    unsigned: { type: 'boolean' },
  },
  async run({ values, positionals }) {
    const [directory, ...rest] = positionals;
    if (directory === undefined || rest.length > 0) throw wrong('name one directory; see --help');
    const target = text(values, 'dir');
    if ((target === undefined) === (text(values, 'server') === undefined)) {
      throw wrong('say either --server or --dir; see --help');
    }
    if (target !== undefined) assertNoneOf(values, SERVER_ONLY);
    const release = await readReleaseFiles(directory, values['unsigned'] === true);
    return target === undefined ? toServer(release, values) : toDirectory(release, target);
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

async function toServer(release: ReleaseFiles, values: Values): Promise<Answer> {
  const server = required(values, 'server').replace(/\/+$/, '');
  checkAddress(server);
  const repository = required(values, 'repository');
  if (!REPOSITORY.test(repository)) throw wrong('--repository is OWNER/NAME');
  const description = await describe(release, values);
  const token = await readToken(text(values, 'token-file'), process.env);
  const flavor = flavorOf(server, repository, token, values);
  const http = createHttp({ ...flavor, token, stallMs: STALL_MS });
  const { isNew, page, uploaded } = await publishToServer(release, description, {
    host: createReleaseHost(flavor, http),
    retrying: createRetrying(FIRST_DELAY_MS),
  });
  const where = { server, repository, tag: description.tag, page: page ?? null, uploaded };
  return answer(release, isNew, where, `${server}/${repository}, tag ${description.tag}`);
}

function flavorOf(server: string, repository: string, token: string, values: Values): Flavor {
  const flavor = required(values, 'flavor');
  const uploads = text(values, 'upload-server');
  if (flavor === 'gitea' && uploads === undefined) {
    return createGiteaFlavor(server, repository, token);
  }
  if (flavor !== 'github') throw wrong('--flavor is gitea or github; --upload-server is GitHub’s');
  if (uploads === undefined) return createGithubFlavor(server, repository, token);
  checkAddress(uploads);
  return createGithubFlavor(server, repository, token, new URL(uploads).origin);
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
  const file = await open(path).catch((cause: unknown) => {
    throw new UpdateError('invalid-request', `${path} cannot be read`, { cause });
  });
  try {
    const { size } = await file.stat();
    if (size > MAX_NOTES_BYTES) {
      throw new UpdateError(
        'too-large',
        `${path} is larger than ${String(MAX_NOTES_BYTES)} bytes`,
        {
          details: { path, limit: MAX_NOTES_BYTES },
        },
      );
    }
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
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

function required(values: Values, name: string): string {
  const value = text(values, name);
  if (value === undefined || value === '') throw wrong(`--${name} is missing; see --help`);
  return value;
}

function assertNoneOf(values: Values, names: readonly string[]): void {
  const given = names.find((name) => values[name] !== undefined);
  if (given !== undefined) throw wrong(`--${given} does not go with --dir`);
}

function wrong(message: string): UpdateError {
  return new UpdateError('invalid-request', message);
}

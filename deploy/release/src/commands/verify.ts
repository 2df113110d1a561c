/** `verify`: whether a device would take a release, from a directory or from where it is published. It leaves nothing behind. */
import { UpdateError } from '@pikit/protocol';
import {
  NOTHING_TOLD,
  trustRootOf,
  type KeyFile,
} from '../../../../packages/agent/src/core/trust-root.ts';
import { counted } from '../../../../packages/agent/src/core/counted.ts';
import { assertNoMore, directoryOf, textsOf } from '../arguments.ts';
import { readBounded } from '../bounded-file.ts';
import { checkContents, checkPapers, type CheckedRelease } from '../check-release.ts';
import type { Answer, Arguments, Command } from '../command.ts';
import { createHttp } from '../publish/http.ts';
import { createReleaseHost } from '../publish/release-host.ts';
import {
  flavorOf,
  REPOSITORY_HELP,
  REPOSITORY_OPTIONS,
  repositoryIn,
} from '../publish/repository.ts';
import { findToken } from '../publish/token.ts';
import { checkPublished } from '../published/check-published.ts';
import { listOnServer } from '../published/on-server.ts';
import { listOnWeb } from '../published/on-web.ts';
import { choose, type PublishedRelease } from '../published/published-release.ts';

const MAX_KEY_BYTES = 4096;
/** As the agent's own. */
const STALL_MS = 30_000;

export const verify: Command = {
  name: 'verify',
  summary: 'tell whether a device would take a release, here or where it is published',
  help: `usage: pikit-release verify DIR [--key FILE.pub]...
       pikit-release verify ADDRESS [--version V] [--key FILE.pub]...
       pikit-release verify --server URL --repository OWNER/NAME --flavor gitea|github [--version V] [--key FILE.pub]...

Checks a release as a device does that believes just these keys and has seen nothing before: signature, manifest, and every
byte of the bundle and of the patches. Without --key it is checked whether it is whole, and not who made it.

DIR holds its files. A published release is fetched from where devices get it, and removed again: from a web server
(ADDRESS begins with https:// or http:// and leads to the directory that publish --dir made), or from a repository.

  --version V          which of the published ones; default: the newest that is no pre-release
${REPOSITORY_HELP};
                       needed for a private repository only, and sent to its server only`,
  options: {
    key: { type: 'string', multiple: true },
    version: { type: 'string' },
    ...REPOSITORY_OPTIONS,
  },
  async run(args, note = () => undefined) {
    const list = listingIn(args);
    const keys = await Promise.all(textsOf(args, 'key').map(readKey));
    const root = trustRootOf(keys, NOTHING_TOLD);
    if (list !== undefined) {
      note('asking what is published there');
      return answer(await checkPublished(choose(await list(), versionIn(args)), root, note));
    }
    const directory = directoryOf(args);
    return answer(await checkContents(directory, await checkPapers(directory, root)));
  },
};

/** How to ask what is published; undefined for a directory. Throws `invalid-request`. */
function listingIn(args: Arguments): (() => Promise<readonly PublishedRelease[]>) | undefined {
  if (args.values['server'] !== undefined) {
    assertNoMore(args);
    const repository = repositoryIn(args);
    return async () => {
      const file = args.values['token-file'];
      const token = await findToken(typeof file === 'string' ? file : undefined, process.env);
      const flavor = flavorOf(repository, token);
      const http = createHttp({ ...flavor, token, stallMs: STALL_MS });
      return listOnServer(createReleaseHost(flavor, http));
    };
  }
  const place = directoryOf(args);
  const isAddress = /^https?:\/\//i.test(place);
  assertNone(args, [...Object.keys(REPOSITORY_OPTIONS), ...(isAddress ? [] : ['version'])]);
  // A plain web server is told no token: it might not be the one that it is for.
  const stranger = { token: undefined, authorization: undefined, origins: [], stallMs: STALL_MS };
  return isAddress ? () => listOnWeb(place, createHttp(stranger)) : undefined;
}

function versionIn({ values }: Arguments): string | undefined {
  return typeof values['version'] === 'string' ? values['version'] : undefined;
}

function assertNone({ values, positionals }: Arguments, options: readonly string[]): void {
  const given = options.find((name) => values[name] !== undefined);
  if (given === undefined) return;
  const message = `--${given} does not go with ${positionals.join(' ')}; see --help`;
  throw new UpdateError('invalid-request', message);
}

function answer(checked: CheckedRelease): Answer {
  const { manifest, signer, isSigned, manifestSha256, spans, bundleBytes, unpackedBytes } = checked;
  const { version, files, links = [], patches = [], product = null, expires = null } = manifest;
  const document = {
    version,
    product,
    expires,
    signedBy: signer && { keyId: signer.id, signedAt: signer.signedAt },
    files: files.length,
    links: links.length,
    spans,
    patches: patches.length,
    bundleBytes,
    unpackedBytes,
    manifestSha256,
  };
  const lines = [
    `${version} is whole: ${counted(files.length, 'file')}, ${String(spans)} with a span that holds it`,
    signer === null
      ? nobody(isSigned)
      : `signed by ${signer.id}, ${signer.signedAt ?? 'nobody knows when'}`,
  ];
  return { document, text: lines.join('\n') };
}

const nobody = (isSigned: boolean): string =>
  isSigned
    ? 'nobody vouches for it: there is a signature, but no --key was given to check it with'
    : 'nobody vouches for it: it is not signed, and a device with a key refuses it';

async function readKey(path: string): Promise<KeyFile> {
  const bytes = await readBounded(path, MAX_KEY_BYTES);
  if (bytes !== undefined) return { path, text: bytes.toString() };
  const reason = 'cannot be read';
  throw new UpdateError('config-invalid', `${path} ${reason}`, {
    details: { file: path, key: 'public key', reason },
  });
}

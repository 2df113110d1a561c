/** The options that say which repository on which server is meant, alike for every command that asks one. */
import { UpdateError } from '@pikit/protocol';
import { textOf } from '../arguments.ts';
import type { Arguments } from '../command.ts';
import { createGiteaFlavor } from './flavor-gitea.ts';
import { createGithubFlavor } from './flavor-github.ts';
import type { Flavor } from './release-host.ts';
import { TOKEN_VARIABLE } from './token.ts';
import { checkAddress } from './web-address.ts';

export const REPOSITORY_OPTIONS = {
  server: { type: 'string' },
  repository: { type: 'string' },
  flavor: { type: 'string' },
  'token-file': { type: 'string' },
} as const;

export const REPOSITORY_HELP = `  --flavor gitea       also for Forgejo
  --flavor github      --server https://api.github.com
  --token-file FILE    mode 0600; default: the variable ${TOKEN_VARIABLE}`;

export interface Repository {
  /** Without a slash at the end. */
  readonly server: string;
  readonly name: string;
  readonly kind: 'gitea' | 'github';
}

const NAME = /^[\w.-]+\/[\w.-]+$/;

/** Throws `invalid-request`. */
export function repositoryIn(args: Pick<Arguments, 'values'>): Repository {
  const server = textOf(args, 'server').replace(/\/+$/, '');
  const [name, kind] = [textOf(args, 'repository'), textOf(args, 'flavor')];
  if (!NAME.test(name)) throw wrong('--repository is OWNER/NAME');
  if (kind !== 'gitea' && kind !== 'github') throw wrong('--flavor is gitea or github');
  return { server, name, kind };
}

/** `uploads` is another place for uploads to GitHub. Throws `invalid-request`, and `source-invalid` for an address. */
export function flavorOf(
  { server, name, kind }: Repository,
  token: string | undefined,
  uploads?: string,
): Flavor {
  checkAddress(server, token !== undefined);
  if (kind === 'gitea') {
    if (uploads === undefined) return createGiteaFlavor(server, name, token);
    throw wrong('--upload-server is GitHub’s');
  }
  if (uploads === undefined) return createGithubFlavor(server, name, token);
  checkAddress(uploads, token !== undefined);
  return createGithubFlavor(server, name, token, new URL(uploads).origin);
}

function wrong(message: string): UpdateError {
  return new UpdateError('invalid-request', message);
}

/** `keygen`: a new pair of keys, in minisign's two files. It overwrites nothing. */
import { UpdateError } from '@pikit/protocol';
import { unlink } from 'node:fs/promises';
import { resolve } from 'node:path';
import { assertNoMore, textOf } from '../arguments.ts';
import type { Arguments, Command } from '../command.ts';
import { assertFree, placeFile } from '../durable-file.ts';
import { ownPlaces, passwordOf, PASSWORD_HELP, PASSWORD_OPTIONS } from '../password.ts';
import { createSigningKey } from '../signing-key.ts';

export const keygen: Command = {
  name: 'keygen',
  summary: 'make a new pair of keys',
  help: `usage: pikit-release keygen --public FILE --secret FILE [--password-file FILE | --no-password]

Writes two files as minisign does: the public one for the devices (/etc/pikit/keys/NAME.pub), the secret one for nobody.
${PASSWORD_HELP}
With --no-password whoever gets hold of the secret file can sign.`,
  options: {
    public: { type: 'string' },
    secret: { type: 'string' },
    'no-password': { type: 'boolean' },
    ...PASSWORD_OPTIONS,
  },
  async run(args) {
    assertNoMore(args);
    const [publicFile, secretFile] = [textOf(args, 'public'), textOf(args, 'secret')];
    if (resolve(publicFile) === resolve(secretFile)) {
      throw new UpdateError('invalid-request', '--public and --secret name the same file');
    }
    await assertFree(publicFile);
    await assertFree(secretFile);
    const password = await newPassword(args);
    const key = createSigningKey();
    await placeFile(secretFile, await key.seal(password), { mode: 0o600, replace: false });
    const content = `untrusted comment: minisign public key ${key.id}\n${key.publicLine}\n`;
    try {
      await placeFile(publicFile, content, { mode: 0o644, replace: false });
    } catch (error) {
      // Half a pair is of no use to anybody.
      await unlink(secretFile);
      throw error;
    }
    const document = {
      keyId: key.id,
      publicKey: key.publicLine,
      public: publicFile,
      secret: secretFile,
      hasPassword: password !== undefined,
    };
    const lines = [
      `key     ${key.id}`,
      `public  ${publicFile}: give it to your users`,
      `secret  ${secretFile}: ${document.hasPassword ? 'keep it' : 'it has no password: keep it well'}, and a copy of it`,
    ];
    return { document, text: lines.join('\n') };
  },
};

async function newPassword(args: Arguments): Promise<Uint8Array | undefined> {
  if (args.values['no-password'] === true) {
    if (args.values['password-file'] === undefined) return undefined;
    throw new UpdateError(
      'invalid-request',
      '--no-password and --password-file exclude each other',
    );
  }
  const password = await passwordOf(args, ownPlaces(), { twice: true }).read();
  if (password.length > 0) return password;
  throw new UpdateError('invalid-request', 'an empty password protects nothing: see --no-password');
}

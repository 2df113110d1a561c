/** Signing a release, with keys of the tests and of the real minisign, and what is not signed. */
import { execFileSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  buildRelease,
  type BuiltRelease,
  type ReleaseRecipe,
} from '../../../../test/support/bundle-builder.ts';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { hasMinisign } from '../../../../test/support/minisign-program.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { sign } from '../../src/commands/sign.ts';
import { verify } from '../../src/commands/verify.ts';
import { createSigningKey, type SigningKey } from '../../src/signing-key.ts';

/** A hundredth of a second. */
const CHEAP = { operations: 2 ** 15, memoryBytes: 2 ** 24 };

/** What minisign asks for, twice, on whatever machine this is. */
const SLOW_MS = 120_000;

let dir: TempDir;
let built: BuiltRelease;
let key: SigningKey;
beforeEach(async () => {
  dir = await makeTempDir();
  built = await aRelease();
  key = createSigningKey();
  await writeFile(at('x.key'), await key.seal(undefined));
  await writeFile(at('x.pub'), `untrusted comment: x\n${key.publicLine}\n`);
});
afterEach(async () => {
  delete process.env['SOURCE_DATE_EPOCH'];
  delete process.env['PIKIT_RELEASE_PASSWORD'];
  await dir.remove();
});

const at = (name: string): string => join(dir.path, name);
const signature = () => readFile(`${built.manifest}.minisig`, 'utf8');

function aRelease(recipe: Partial<ReleaseRecipe> = {}): Promise<BuiltRelease> {
  const files = { 'pikit-web/index.html': 'page' };
  return buildRelease({ version: '1.4.0', files, form: 'full', ...recipe }, dir.path);
}

const run = (values: Record<string, string | boolean> = {}) =>
  sign.run({ values: { key: at('x.key'), ...values }, positionals: [built.dir] });
const verified = async () =>
  (await verify.run({ values: { key: [at('x.pub')] }, positionals: [built.dir] })).document;

const minisign = (input: string, ...args: readonly string[]): string =>
  execFileSync('minisign', args, { input, encoding: 'utf8' });

/** Both programs believe what was signed with minisign's key. */
async function assertAgreed(): Promise<void> {
  const said = minisign('', '-V', '-p', at('m.pub'), '-m', built.manifest);
  expect(said).toContain('Signature and comment signature verified');
  const { document } = await verify.run({
    values: { key: [at('m.pub')] },
    positionals: [built.dir],
  });
  // minisign leaves out the zeros that an id begins with: one key in sixteen has some.
  const [, id] = / ([0-9A-F]+)\n/.exec(await readFile(at('m.pub'), 'utf8')) ?? [];
  expect(document).toMatchObject({
    version: '1.4.0',
    signedBy: { keyId: id?.padStart(16, '0') },
  });
}

describe('sign', () => {
  it('signs so that a device believes it, and says with which key', async () => {
    const { document, text } = await run();
    expect(document).toMatchObject({ keyId: key.id, version: '1.4.0' });
    expect(text).toContain(key.id);
    expect(await verified()).toMatchObject({
      signedBy: { keyId: key.id, signedAt: (document as { signedAt: string }).signedAt },
    });
    expect((await readdir(built.dir)).length).toBe(3);
  });

  it('signs alike when it is told the time', async () => {
    process.env['SOURCE_DATE_EPOCH'] = '1700000000';
    const { document } = await run();
    const first = await signature();
    await run({ force: true });
    expect(await signature()).toBe(first);
    expect(document).toMatchObject({
      signedAt: '2023-11-14T22:13:20.000Z',
      trustedComment: 'timestamp:1700000000\tfile:manifest.json\thashed',
    });
    process.env['SOURCE_DATE_EPOCH'] = 'yesterday';
    await expectCode(run({ force: true }), 'invalid-request');
  });

  it('signs the maintainer’s own words too', async () => {
    await run({ comment: 'für alle' });
    expect(await signature()).toMatch(
      /^trusted comment: timestamp:\d+\tfile:manifest\.json\thashed\tfür alle$/m,
    );
    expect(await verified()).toMatchObject({ signedBy: { keyId: key.id } });
  });

  it.each(['', ' ', 'two\nlines', 'a\ttab', 'x'.repeat(2000)])(
    'refuses the words %j',
    async (comment) => {
      await expectCode(run({ comment }), 'invalid-request');
    },
  );

  it('replaces a signature only when it is told to', async () => {
    await run();
    const first = await signature();
    await expectCode(run({ comment: 'again' }), 'write-failed');
    expect(await signature()).toBe(first);
    await run({ comment: 'again', force: true });
    expect(await signature()).not.toBe(first);
  });

  it('warns of what a device would want to know', async () => {
    const { document, text } = await run();
    expect(document).toMatchObject({ warnings: [expect.stringContaining('expires')] });
    expect(text).toContain('warning: ');
    built = await aRelease({ manifest: { expires: '2999-01-01T00:00:00Z' } });
    expect((await run()).document).toMatchObject({ warnings: [] });
    built = await aRelease({ form: 'plan' });
    expect((await run()).document).toMatchObject({
      warnings: [expect.stringContaining('product'), expect.stringContaining('expires')],
    });
  });

  it.each([
    ['that is not well-formed', { files: [] }, 'manifest-invalid'],
    ['that has expired', { expires: '2020-01-01T00:00:00Z' }, 'release-expired'],
    ['with a key that is none', { keys: { add: ['RWS'] } }, 'manifest-invalid'],
    ['with a command that it lacks', { post_install: ['run'] }, 'post-install-refused'],
  ] as const)('signs no manifest %s', async (_what, manifest, code) => {
    built = await aRelease({ manifest });
    await expectCode(run(), code);
    expect((await readdir(built.dir)).length).toBe(2);
  });

  it('opens a key with the password from a file or the environment', async () => {
    await writeFile(at('x.key'), await key.seal(Buffer.from('secret'), CHEAP));
    await writeFile(at('password'), 'secret\n');
    await expectCode(run(), 'unauthenticated');
    await run({ 'password-file': at('password') });
    process.env['PIKIT_RELEASE_PASSWORD'] = 'wrong';
    await expectCode(run({ force: true }), 'unauthenticated');
    process.env['PIKIT_RELEASE_PASSWORD'] = 'secret';
    await run({ force: true });
    expect(await verified()).toMatchObject({ signedBy: { keyId: key.id } });
  });

  it('wants a key', async () => {
    await expectCode(run({ key: '' }), 'invalid-request');
    await expectCode(run({ key: at('gone') }), 'config-invalid');
    await expectCode(run({ key: at('x.pub') }), 'config-invalid');
  });
});

describe.skipIf(!hasMinisign())('sign, with keys of minisign', () => {
  it('signs with one without a password, and minisign believes it', async () => {
    minisign('', '-G', '-W', '-p', at('m.pub'), '-s', at('m.key'));
    await run({ key: at('m.key'), comment: 'words' });
    await assertAgreed();
  });

  it(
    'signs with one that has a password, and minisign believes it',
    async () => {
      minisign('pässword\npässword\n', '-G', '-p', at('m.pub'), '-s', at('m.key'));
      process.env['PIKIT_RELEASE_PASSWORD'] = 'pässword';
      await run({ key: at('m.key') });
      await assertAgreed();
    },
    SLOW_MS,
  );

  it.each(['', '-l'])('verifies what minisign %s has signed', async (legacy) => {
    minisign('', '-G', '-W', '-p', at('m.pub'), '-s', at('m.key'));
    minisign('', '-S', ...(legacy === '' ? [] : [legacy]), '-s', at('m.key'), '-m', built.manifest);
    const { document } = await verify.run({
      values: { key: [at('x.pub'), at('m.pub')] },
      positionals: [built.dir],
    });
    expect(document).toMatchObject({
      version: '1.4.0',
      signedBy: { signedAt: expect.any(String) },
    });
  });
});

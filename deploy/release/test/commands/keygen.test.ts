/** New pairs of keys, which the real minisign must take for its own. */
import { execFileSync } from 'node:child_process';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { hasMinisign } from '../../../../test/support/minisign-program.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { keygen } from '../../src/commands/keygen.ts';

/** A password costs a gibibyte and some seconds, twice, on whatever machine this is. */
const SLOW_MS = 120_000;

let dir: TempDir;
beforeEach(async () => {
  dir = await makeTempDir();
});
afterEach(() => dir.remove());

const at = (name: string): string => join(dir.path, name);

const run = (values: Record<string, string | boolean> = {}) =>
  keygen.run({ values: { public: at('x.pub'), secret: at('x.key'), ...values }, positionals: [] });

/** Signs and verifies with nothing but minisign. */
async function assertUsable(password: string): Promise<void> {
  await writeFile(at('file'), 'content');
  execFileSync('minisign', ['-S', '-s', at('x.key'), '-m', at('file')], { input: password });
  const said = execFileSync('minisign', ['-V', '-p', at('x.pub'), '-m', at('file')]);
  expect(said.toString()).toContain('Signature and comment signature verified');
}

describe('keygen', () => {
  it('writes two files, of which one is for its owner alone', async () => {
    const { document, text } = await run({ 'no-password': true });
    expect(await readdir(dir.path)).toEqual(['x.key', 'x.pub']);
    expect((await stat(at('x.key'))).mode & 0o777).toBe(0o600);
    expect((await stat(at('x.pub'))).mode & 0o777).toBe(0o644);
    const lines = (await readFile(at('x.pub'), 'utf8')).split('\n');
    expect(document).toMatchObject({ publicKey: lines[1], hasPassword: false });
    expect(lines[0]).toBe(
      `untrusted comment: minisign public key ${(document as { keyId: string }).keyId}`,
    );
    const secret = (await readFile(at('x.key'), 'utf8')).split('\n')[1] ?? '';
    expect(JSON.stringify(document) + text).not.toContain(secret);
  });

  it.each(['x.pub', 'x.key'])('overwrites no %s, and then writes nothing else', async (name) => {
    await writeFile(at(name), 'precious');
    await expectCode(run({ 'no-password': true }), 'write-failed');
    expect(await readdir(dir.path)).toEqual([name]);
    expect(await readFile(at(name), 'utf8')).toBe('precious');
  });

  it('leaves no half of a pair', async () => {
    const nowhere = { public: at('gone/x.pub'), 'no-password': true };
    await expectCode(run(nowhere), 'write-failed');
    expect(await readdir(dir.path)).toEqual([]);
  });

  it('wants both names, two of them, and one decision about the password', async () => {
    await expectCode(run({ public: '' }), 'invalid-request');
    await expectCode(run({ secret: at('x.pub') }), 'invalid-request');
    await expectCode(run({ 'no-password': true, 'password-file': 'x' }), 'invalid-request');
    await expectCode(run(), 'unauthenticated');
    expect(await readdir(dir.path)).toEqual([]);
  });
});

describe.skipIf(!hasMinisign())('minisign, with keys of keygen', () => {
  it('signs with one that has no password', async () => {
    await run({ 'no-password': true });
    await assertUsable('');
  });

  it(
    'signs with one that has a password',
    async () => {
      await writeFile(at('password'), 'pässword\n');
      const { document } = await run({ 'password-file': at('password') });
      expect(document).toMatchObject({ hasPassword: true });
      await assertUsable('pässword\n');
    },
    SLOW_MS,
  );
});

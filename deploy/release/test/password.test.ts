/** Where passwords come from, in which order, and what is none. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../test/support/temp-dir.ts';
import { ownPlaces, passwordOf } from '../src/password.ts';

let dir: TempDir;
beforeEach(async () => {
  dir = await makeTempDir();
});
afterEach(() => dir.remove());

const NOWHERE = { environment: {}, terminal: undefined };
const fromEnvironment = (text: string) => ({
  environment: { PIKIT_RELEASE_PASSWORD: text },
  terminal: undefined,
});

async function inFile(content: string | Uint8Array) {
  const file = join(dir.path, 'password');
  await writeFile(file, content);
  return { values: { 'password-file': file } };
}

function typing(text: string) {
  const terminal = { input: new PassThrough(), output: new PassThrough() };
  terminal.input.write(text);
  return { environment: {}, terminal };
}

const once = { twice: false };

describe('passwordOf', () => {
  it.each(['secret', 'secret\n', 'secret\r\n'])('reads a file that holds %j', async (content) => {
    const password = passwordOf(await inFile(content), fromEnvironment('other'), once);
    expect(password.isGiven).toBe(true);
    expect(Buffer.from(await password.read()).toString()).toBe('secret');
  });

  it('keeps blanks and bytes that are no text', async () => {
    const bytes = Buffer.from([0x20, 0xff, 0x09, 0x20]);
    const password = passwordOf(await inFile(bytes), NOWHERE, once);
    expect(Buffer.from(await password.read())).toEqual(bytes);
  });

  it.each([
    ['nothing', '', 'config-invalid'],
    ['a line end alone', '\n', 'config-invalid'],
    ['two lines', 'one\ntwo\n', 'config-invalid'],
    ['more than minisign reads', 'x'.repeat(2000), 'too-large'],
  ] as const)('refuses a file that holds %s', async (_what, content, code) => {
    await expectCode(passwordOf(await inFile(content), NOWHERE, once).read(), code);
  });

  it('refuses a file that is not there', async () => {
    const values = { 'password-file': join(dir.path, 'gone') };
    await expectCode(passwordOf({ values }, NOWHERE, once).read(), 'config-invalid');
  });

  it('takes the variable, unless it is empty, and does not insist on it', async () => {
    const password = passwordOf({ values: {} }, fromEnvironment('from afar'), once);
    expect(password.isGiven).toBe(false);
    expect(Buffer.from(await password.read()).toString()).toBe('from afar');
    const none = passwordOf({ values: {} }, fromEnvironment(''), once);
    await expectCode(none.read(), 'unauthenticated');
  });

  it('asks the person at the terminal, once for an old password and twice for a new one', async () => {
    const old = passwordOf({ values: {} }, typing('secret\r'), once);
    expect(old.isGiven).toBe(false);
    expect(Buffer.from(await old.read()).toString()).toBe('secret');
    const fresh = passwordOf({ values: {} }, typing('secret\rsecret\r'), { twice: true });
    expect(Buffer.from(await fresh.read()).toString()).toBe('secret');
    const differs = passwordOf({ values: {} }, typing('secret\rsecrets\r'), { twice: true });
    await expectCode(differs.read(), 'unauthenticated');
  });

  it('says so where there is nobody to ask', async () => {
    await expectCode(passwordOf({ values: {} }, NOWHERE, once).read(), 'unauthenticated');
  });
});

describe('ownPlaces', () => {
  it('names the environment of this process, and a terminal only where there is one', () => {
    const { environment, terminal } = ownPlaces();
    expect(environment['PATH']).toBe(process.env['PATH']);
    expect(terminal === undefined).toBe(!process.stdin.isTTY);
  });
});

/** API tokens in memory and on the disk: restart, revocation, last use, and a disk that refuses. */
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { createTokens, type TokenId, type Tokens } from '../../src/auth/tokens.ts';
import { createRecordingLog } from '../support/recording-log.ts';

const HOUR_MS = 3_600_000;

let directory: TempDir;
let file: string;
let clock: number;
let log: ReturnType<typeof createRecordingLog>;

const start = () => createTokens({ file, now: () => clock, log });
const stored = (): Promise<string> => readFile(file, 'utf8');

beforeEach(async () => {
  directory = await makeTempDir();
  file = join(directory.path, 'tokens.json');
  clock = 1_700_000_000_000;
  log = createRecordingLog();
});
afterEach(() => directory.remove());

describe('createTokens', () => {
  it('survives a restart without ever storing the token', async () => {
    const { token, ...view } = await (await start()).create('kitchen', ['read']);
    expect(token).toMatch(/^pikit_[\w-]{43}$/);
    expect(await stored()).not.toContain(token.slice('pikit_'.length));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const again = await start();
    expect(again.list()).toEqual([view]);
    expect(again.find(token)).toEqual({ ...view, usedAt: clock });
  });

  it('knows neither a foreign token nor one of another form', async () => {
    const tokens = await start();
    const { token, id } = await tokens.create('kitchen', ['read']);
    for (const text of ['', 'pikit_', id, token.slice(6), `${token}a`, `${token.slice(0, -2)}__`]) {
      expect(tokens.find(text)).toBeUndefined();
    }
  });

  it('revokes one for good, at once and on the disk, and no other', async () => {
    const tokens = await start();
    const [one, two] = [
      await tokens.create('one', ['read']),
      await tokens.create('two', ['update']),
    ];
    expect(await tokens.revoke(one.id)).toBe(true);
    expect(await tokens.revoke(one.id)).toBe(false);
    expect(tokens.isAlive(one.id)).toBe(false);
    expect(tokens.find(one.token)).toBeUndefined();
    expect((await start()).list().map(({ name }) => name)).toEqual(['two']);
    expect(tokens.isAlive(two.id)).toBe(true);
  });

  it('spares the disk: use is written at most once an hour, and at the end', async () => {
    const tokens = await start();
    const { token } = await tokens.create('kitchen', ['read']);
    const before = await stored();
    clock += HOUR_MS - 1;
    for (let i = 0; i < 100; i += 1) tokens.find(token);
    expect(await stored()).toBe(before);
    await tokens.flush();
    const flushed = await stored();
    expect(flushed).toContain(String(clock));
    clock += HOUR_MS;
    tokens.find(token);
    await tokens.flush();
    await tokens.create('later', ['read']);
    expect(await stored()).toContain(`"usedAt":${clock}`);
  });

  it('writes nothing at the end when nothing was used', async () => {
    await (await start()).flush();
    await expect(stored()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('makes none that a restart would forget', async () => {
    await mkdir(join(file, 'in-the-way'), { recursive: true });
    const tokens = await start();
    await expectCode(tokens.create('kitchen', ['read']), 'write-failed');
    expect(tokens.list()).toEqual([]);
  });

  it('says when a revocation is not on the disk, and has it counted at once all the same', async () => {
    const tokens = await start();
    const { token, id } = await tokens.create('kitchen', ['read']);
    await rm(file);
    await mkdir(join(file, 'in-the-way'), { recursive: true });
    await expectCode(tokens.revoke(id), 'write-failed');
    expect(tokens.find(token)).toBeUndefined();
  });

  it.each([
    ['is asked for once more', (tokens: Tokens, id: TokenId) => tokens.revoke(id)],
    ['the api ends in good order', (tokens: Tokens) => tokens.flush()],
  ])('brings a revocation to the disk that has refused it, when it %s', async (_when, again) => {
    const tokens = await start();
    const { id } = await tokens.create('kitchen', ['read']);
    await rename(file, `${file}.kept`);
    await mkdir(join(file, 'in-the-way'), { recursive: true });
    await expectCode(tokens.revoke(id), 'write-failed');
    await rm(file, { recursive: true });
    await rename(`${file}.kept`, file);
    await again(tokens, id);
    expect((await start()).list()).toEqual([]);
  });

  it('has a limit', async () => {
    const tokens = await start();
    for (let i = 0; i < 50; i += 1) await tokens.create('one of many', ['read']);
    const error = await expectCode(tokens.create('one more', ['read']), 'forbidden');
    expect(error.details).toEqual({ reason: 'too-many-tokens', limit: 50 });
  });

  it('starts empty and says so when the file is damaged', async () => {
    await writeFile(file, '{"format":1,"tokens":[{"id":"x"}]}');
    expect((await start()).list()).toEqual([]);
    expect(log.lines.join('')).toContain('tokens.json is damaged');
  });
});

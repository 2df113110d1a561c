/** Sessions in memory and on the disk: restart, expiry, end, and a file that cannot be used. */
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { createSessions } from '../../src/auth/sessions.ts';
import { createRecordingLog } from '../support/recording-log.ts';

const HOUR_MS = 3_600_000;

let directory: TempDir;
let clock: number;
/** How far the device's own clock is off. */
let off: number;
let log: ReturnType<typeof createRecordingLog>;

const start = (file = 'deep/sessions.json') =>
  createSessions({
    file: join(directory.path, file),
    idleMs: 24 * HOUR_MS,
    absoluteMs: 72 * HOUR_MS,
    now: () => clock + off,
    steady: () => clock,
    log,
  });
const stored = (): Promise<string> => readFile(join(directory.path, 'deep/sessions.json'), 'utf8');

beforeEach(async () => {
  directory = await makeTempDir();
  clock = 1_700_000_000_000;
  off = 0;
  log = createRecordingLog();
});
afterEach(() => directory.remove());

describe('createSessions', () => {
  it('survives a restart without ever storing the token', async () => {
    const token = await (await start()).create('p1');
    expect(await stored()).not.toContain(token);
    expect((await stat(join(directory.path, 'deep/sessions.json'))).mode & 0o777).toBe(0o600);
    expect((await start()).find(token, 'p1')).toMatch(/^[0-9a-f]{64}$/);
  });

  it('knows neither a foreign token nor one of another form', async () => {
    const sessions = await start();
    const token = await sessions.create('p1');
    expect(sessions.find(`${token.slice(0, -1)}_`, 'p1')).toBeUndefined();
    expect(sessions.find('', 'p1')).toBeUndefined();
    expect(sessions.find(`${token}${token}`, 'p1')).toBeUndefined();
  });

  it('ends when the password changed', async () => {
    const sessions = await start();
    const token = await sessions.create('p1');
    const id = sessions.find(token, 'p1');
    if (id === undefined) throw new Error('no session');
    expect(sessions.find(token, 'p2')).toBeUndefined();
    await sessions.create('p2');
    expect(sessions.isAlive(id)).toBe(false);
    expect(sessions.find(token, 'p1')).toBeUndefined();
  });

  it('ends what another password opened, on the disk too, and writes only if there is something', async () => {
    const sessions = await start();
    const token = await sessions.create('p1');
    const before = await stored();
    await sessions.endFormer('p1');
    expect(await stored()).toBe(before);
    const id = sessions.find(token, 'p1');
    if (id === undefined) throw new Error('no session');
    await sessions.endFormer('p2');
    expect(sessions.isAlive(id)).toBe(false);
    expect((await start()).find(token, 'p1')).toBeUndefined();
  });

  it('knows also after a restart from where somebody is signed in, and no longer than that', async () => {
    const sessions = await start();
    await sessions.create('p1', { address: '192.0.2.1' });
    await sessions.create('p1');
    const gone = sessions.find(await sessions.create('p1', { address: '192.0.2.2' }), 'p1');
    await sessions.end(gone ?? '');
    expect((await start()).addresses()).toEqual(['192.0.2.1']);
    clock += 25 * HOUR_MS;
    expect((await start()).addresses()).toEqual([]);
  });

  it('ends for good, also on the disk', async () => {
    const sessions = await start();
    const token = await sessions.create('p1');
    const id = sessions.find(token, 'p1');
    if (id === undefined) throw new Error('no session');
    expect(sessions.isAlive(id)).toBe(true);
    await sessions.end(id);
    await sessions.end(id);
    expect(sessions.isAlive(id)).toBe(false);
    expect((await start()).find(token, 'p1')).toBeUndefined();
  });

  it('expires when it is not used, and lives on when it is', async () => {
    const sessions = await start();
    const [used, unused] = [await sessions.create('p1'), await sessions.create('p1')];
    clock += 20 * HOUR_MS;
    expect(sessions.find(used, 'p1')).toBeDefined();
    clock += 5 * HOUR_MS;
    expect(sessions.find(used, 'p1')).toBeDefined();
    expect(sessions.find(unused, 'p1')).toBeUndefined();
  });

  it('expires after its longest life, used or not', async () => {
    const sessions = await start();
    const token = await sessions.create('p1');
    for (let i = 0; i < 4; i += 1) {
      expect(sessions.find(token, 'p1')).toBeDefined();
      clock += 18 * HOUR_MS;
    }
    expect(sessions.find(token, 'p1')).toBeUndefined();
  });

  it('does not expire because the clock was set back', async () => {
    const sessions = await start();
    const token = await sessions.create('p1');
    off -= 1000 * HOUR_MS;
    expect(sessions.find(token, 'p1')).toBeDefined();
  });

  it('does not expire because the network has set a clock that was years behind, also after a restart', async () => {
    off = -50_000 * HOUR_MS;
    const sessions = await start();
    const token = await sessions.create('p1');
    clock += HOUR_MS;
    off = 0;
    const id = sessions.find(token, 'p1');
    expect(id && sessions.isAlive(id)).toBe(true);
    expect(sessions.list('p1')).toMatchObject([{ createdAt: clock - HOUR_MS, usedAt: clock }]);
    await sessions.flush();
    expect((await start()).find(token, 'p1')).toBe(id);
    clock += 25 * HOUR_MS;
    expect(sessions.find(token, 'p1')).toBeUndefined();
  });

  it('lives no longer because the device was off, and began again with a clock that is behind', async () => {
    const token = await (await start()).create('p1');
    clock += 25 * HOUR_MS;
    off = -24 * HOUR_MS;
    const sessions = await start();
    off = 0;
    expect(sessions.find(token, 'p1')).toBeUndefined();
  });

  it('spares the disk: use is written at most once an hour, and at the end', async () => {
    const sessions = await start();
    const token = await sessions.create('p1');
    const before = await stored();
    clock += HOUR_MS - 1;
    sessions.find(token, 'p1');
    expect(await stored()).toBe(before);
    await sessions.flush();
    const flushed = await stored();
    expect(flushed).not.toBe(before);
    clock += HOUR_MS;
    sessions.find(token, 'p1');
    await sessions.flush();
    expect(await stored()).not.toBe(flushed);
  });

  it('forgets the one that was used longest ago when there are too many', async () => {
    const sessions = await start();
    const first = await sessions.create('p1');
    for (let i = 0; i < 100; i += 1) {
      clock += 1;
      await sessions.create('p1');
    }
    expect(sessions.find(first, 'p1')).toBeUndefined();
    expect(JSON.parse(await stored())).toMatchObject({ sessions: { length: 100 } });
  });

  it('starts empty and says so when the file is damaged', async () => {
    await writeFile(join(directory.path, 'torn.json'), '{"format":1,"sess');
    const sessions = await start('torn.json');
    expect(log.lines.join('')).toContain('torn.json is damaged');
    expect(sessions.find(await sessions.create('p1'), 'p1')).toBeDefined();
  });

  it('signs in although nothing can be written, and says so', async () => {
    await mkdir(join(directory.path, 'a-directory'));
    const sessions = await start('a-directory');
    expect(sessions.find(await sessions.create('p1'), 'p1')).toBeDefined();
    expect(log.lines.join('')).toContain('in memory only');
  });

  it('says that what has ended is not gone from the disk, and brings that there later, with one line each', async () => {
    const file = join(directory.path, 'deep/sessions.json');
    const sessions = await start();
    const [first, second] = [await sessions.create('p1'), await sessions.create('p1')];
    await rename(file, `${file}.kept`);
    await mkdir(join(file, 'in-the-way'), { recursive: true });
    await expectCode(sessions.end(sessions.find(first, 'p1') ?? ''), 'write-failed');
    await expectCode(sessions.endOthers(undefined), 'write-failed');
    expect(sessions.find(first, 'p1')).toBeUndefined();
    await sessions.endFormer('p1');
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toContain('bring those back that have ended');
    await rm(file, { recursive: true });
    await rename(`${file}.kept`, file);
    expect((await start()).find(first, 'p1')).toBeDefined();
    await sessions.endFormer('p1');
    expect(log.lines[1]).toContain('on the disk again');
    expect((await start()).find(first, 'p1')).toBeUndefined();
    expect((await start()).find(second, 'p1')).toBeUndefined();
  });

  it('lists what the password opened, the latest used first, with where it came from', async () => {
    const sessions = await start();
    await sessions.create('p1', { address: '10.0.0.1', userAgent: 'x'.repeat(300) });
    clock += 1000;
    const token = await sessions.create('p1');
    expect(sessions.list('p1')).toEqual([
      {
        id: sessions.find(token, 'p1'),
        createdAt: clock,
        usedAt: clock,
        address: null,
        userAgent: null,
      },
      expect.objectContaining({ address: '10.0.0.1', userAgent: 'x'.repeat(120) }),
    ]);
    expect(sessions.list('p2')).toEqual([]);
    clock += 24 * HOUR_MS;
    expect(sessions.list('p1')).toEqual([]);
  });

  it('ends all but one, or all, also on the disk', async () => {
    const sessions = await start();
    const [first, second] = [await sessions.create('p1'), await sessions.create('p1')];
    const keep = sessions.find(first, 'p1');
    await sessions.endOthers(keep);
    expect(sessions.find(second, 'p1')).toBeUndefined();
    expect((await start()).list('p1')).toMatchObject([{ id: keep }]);
    await sessions.endOthers(undefined);
    expect((await start()).list('p1')).toEqual([]);
  });
});

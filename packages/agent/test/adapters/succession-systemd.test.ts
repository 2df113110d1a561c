/** The launcher and systemctl as real programs: whom they name, and what they are told. */
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { createSuccession } from '../../src/adapters/succession-systemd.ts';
import { createManualClock } from '../support/fakes.ts';

const BIN = join(import.meta.dirname, '../../../../test/support/bin');
const UNIT = 'pikit-agent.service';

let temp: TempDir;
const place = (name: string): string => join(temp.path, name);

beforeEach(async () => {
  temp = await makeTempDir();
  for (const name of ['units', 'pids', 'fail']) await mkdir(place(name));
  await writeFile(place(`units/${UNIT}`), 'active\n');
  await writeFile(place(`pids/${UNIT}`), '4711\n');
  await writeFile(place('own.mjs'), 'one');
  await writeFile(place('other.mjs'), 'two');
  await names(place('own.mjs'));
});
afterEach(() => temp.remove());

/** Makes the launcher name this program, or run these words. */
async function names(program: string): Promise<void> {
  await writeFile(place('start'), `#!/bin/sh\n[ "$*" = '--which agent' ] && echo "${program}"\n`);
  await chmod(place('start'), 0o755);
}

const succession = (launcher: string | undefined = place('start')) =>
  createSuccession({
    launcher,
    program: place('own.mjs'),
    pid: 4711,
    clock: createManualClock(),
    env: { PATH: `${BIN}:${process.env['PATH']}`, PIKIT_FAKE_SYSTEMD: temp.path },
  });

describe('the search for a successor', () => {
  it('finds none while the launcher names the program that runs', async () => {
    expect(await succession().find()).toBeUndefined();
  });

  it('finds none in the same bytes elsewhere, and another in others', async () => {
    const ours = succession();
    await writeFile(place('copy.mjs'), 'one');
    await names(place('copy.mjs'));
    expect(await ours.find()).toBeUndefined();
    await names(place('other.mjs'));
    expect(await ours.find()).toBe(place('other.mjs'));
    expect(await ours.find()).toBe(place('other.mjs'));
  });

  it('finds what has taken the name of its own file', async () => {
    const ours = succession();
    expect(await ours.find()).toBeUndefined();
    await rename(place('other.mjs'), place('own.mjs'));
    expect(await ours.find()).toBe(place('own.mjs'));
  });

  it('finds none where no launcher has started it', async () => {
    const ours = createSuccession({
      launcher: undefined,
      program: place('own.mjs'),
      pid: 4711,
      clock: createManualClock(),
    });
    expect(await ours.find()).toBeUndefined();
  });

  it.each([
    ['is gone', async () => rm(place('start'))],
    ['fails', async () => writeFile(place('start'), '#!/bin/sh\nexit 1\n')],
    ['names what is not there', async () => names(place('nothing.mjs'))],
  ])('fails where the launcher %s', async (_, spoil) => {
    const ours = succession();
    await spoil();
    const error = await expectCode(ours.find(), 'service-failed');
    expect(error.details).toMatchObject({ unit: UNIT, action: 'find the successor of' });
  });
});

describe('the hand-over', () => {
  it('is possible for the process that systemd has started as the agent, and for no other', async () => {
    expect(await succession().canHandOver()).toBe(true);
    await writeFile(place(`pids/${UNIT}`), '4712\n');
    expect(await succession().canHandOver()).toBe(false);
  });

  it('is not possible without systemd', async () => {
    const ours = createSuccession({
      launcher: place('start'),
      program: place('own.mjs'),
      pid: 4711,
      clock: createManualClock(),
      env: { PATH: BIN },
    });
    expect(await ours.canHandOver()).toBe(false);
  });

  it('restarts the unit, without waiting for that, and fails when it lives on', async () => {
    const error = await expectCode(succession().handOver(), 'service-failed');
    expect(error.details).toEqual({
      unit: UNIT,
      action: 'restart',
      reason: 'nothing has happened within 60 s',
    });
    expect(await readFile(place('calls.log'), 'utf8')).toBe(
      `--no-ask-password --no-pager restart --no-block -- ${UNIT}\n`,
    );
  });

  it('fails with the words of systemd when that refuses', async () => {
    await writeFile(place(`fail/${UNIT}`), '');
    const error = await expectCode(succession().handOver(), 'service-failed');
    expect(error.details['reason']).toMatch(/^Job for pikit-agent.service failed/);
  });
});

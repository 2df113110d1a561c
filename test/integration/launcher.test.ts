/** The launcher, run by the real sh below a directory: of which release it starts a program, and how it is called. */
import { spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/repository-root.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

const FACTORY = 'usr/lib/pikit';
const RELEASE = 'usr/local/lib/pikit/lib';
const START = `${FACTORY}/start`;

let temp: TempDir;

const place = (path: string): string => join(temp.path, path);

async function lay(path: string, content = ''): Promise<void> {
  await mkdir(dirname(place(path)), { recursive: true });
  await writeFile(place(path), content);
}

async function layRelease(where: string, version: string): Promise<void> {
  for (const name of ['agent', 'api', 'rpc']) await lay(`${where}/pikit-${name}.mjs`);
  await lay(`${where}/version`, `${version}\n`);
}

/** With a Node that only says how it was called. */
beforeEach(async () => {
  temp = await makeTempDir();
  await layRelease(FACTORY, '1.0.0');
  await copyFile(join(repositoryRoot(), 'deploy/start'), place(START));
  await lay('usr/bin/node', '#!/bin/sh\necho "$PIKIT_LAUNCHER"\nfor word; do echo "$word"; done\n');
  await chmod(place('usr/bin/node'), 0o755);
});
afterEach(() => temp.remove());

function run(program: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(place(program), args, { encoding: 'utf8' });
  return { status, lines: stdout.trimEnd().split('\n'), stderr };
}

const which = (name: string): string => {
  const { status, lines, stderr } = run(START, '--which', name);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return lines.join('\n');
};

describe('the launcher', () => {
  it('starts the factory’s program where no release has brought one', () => {
    expect(which('agent')).toBe(place(`${FACTORY}/pikit-agent.mjs`));
  });

  it.each([
    ['1.0.0', '1.1.0', RELEASE],
    ['1.0.0', '1.0.0', RELEASE],
    ['1.9.0', '1.10.0', RELEASE],
    ['1.1.0', '1.0.0', FACTORY],
    ['1.0.0-rc.1', '1.0.0', RELEASE],
    ['1.0.0', '1.0.0-rc.1', FACTORY],
    ['1.0.0-rc.2', '1.0.0-rc.10', RELEASE],
    ['1.0.0', 'damaged', FACTORY],
    ['1.0.0', '9; rm -r /', FACTORY],
    ['1.0.0', '', FACTORY],
    ['damaged', '1.0.0', FACTORY],
  ])('chooses between a factory %s and a release %s', async (factory, release, expected) => {
    await lay(`${FACTORY}/version`, `${factory}\n`);
    await layRelease(RELEASE, release);
    for (const name of ['agent', 'api', 'rpc']) {
      expect(which(name)).toBe(place(`${expected}/pikit-${name}.mjs`));
    }
  });

  it('follows the link of a release, and starts the factory’s where that leads nowhere', async () => {
    await layRelease('var/lib/pikit/current/updater/lib', '2.0.0');
    await mkdir(place('usr/local/lib'), { recursive: true });
    await symlink(place('var/lib/pikit/current/updater'), place('usr/local/lib/pikit'));
    expect(which('api')).toBe(place(`${RELEASE}/pikit-api.mjs`));
    await rm(place('var/lib/pikit/current'), { recursive: true });
    expect(which('api')).toBe(place(`${FACTORY}/pikit-api.mjs`));
  });

  it('hands all words on, and says where it lies itself', () => {
    expect(run(START, 'rpc', '--json', 'a word', '')).toEqual({
      status: 0,
      lines: [place(START), place(`${FACTORY}/pikit-rpc.mjs`), '--json', 'a word'],
      stderr: '',
    });
  });

  it('needs no name where a link has it', async () => {
    await symlink('../lib/pikit/start', place('usr/bin/pikit-api'));
    const { lines } = run('usr/bin/pikit-api', '--which', 'agent');
    expect(lines.slice(1)).toEqual([place(`${FACTORY}/pikit-api.mjs`), '--which', 'agent']);
  });

  it.each([[[]], [['release']], [['../agent']], [['--which']]])('refuses %j', (args) => {
    expect(run(START, ...args)).toMatchObject({
      status: 2,
      lines: [''],
      stderr: expect.stringContaining('usage: start NAME') as unknown,
    });
  });
});

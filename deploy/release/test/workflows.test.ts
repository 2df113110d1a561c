/**
 * The workflow files that maintainers copy: that they are whole, keep secrets out of command lines, and call our program only
 * as it can be called. They run on somebody else's machine, so their structure is all that can be looked at here.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describe, expect, it } from 'vitest';
import { blocksOf } from '../../../test/support/page-blocks.ts';
import { repositoryRoot } from '../../../test/support/repository-root.ts';
import { COMMANDS } from '../src/commands/all.ts';

const FOLDER = join(repositoryRoot(), 'deploy/release/workflows');
const STEPS = ['pack', 'sign', 'verify', 'publish'];

const read = (name: string): Promise<string> => readFile(join(FOLDER, name), 'utf8');

/** Arguments of each call of the program, in its steps and in its comments. */
function callsIn(text: string): readonly (readonly string[])[] {
  return [...text.matchAll(/^(?:#| )\s+pikit-release (.+)$/gm)].map(([, line = '']) =>
    [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? ''),
  );
}

describe.each(['gitea.yml', 'github.yml'])('%s', (name) => {
  it('is indented by twos, without tabs, and has each key once', async () => {
    const text = await read(name);
    expect(text).not.toContain('\t');
    const lines = text.split('\n').filter((line) => !/^\s*(#|$)/.test(line));
    for (const line of lines) expect(/^ */.exec(line)?.[0].length ?? 0, line).toSatisfy(isEven);
    const top = lines.filter((line) => /^\S/.test(line)).map((line) => line.replace(/:.*/, ''));
    expect(top).toEqual(['name', 'on', 'permissions', 'concurrency', 'jobs']);
    expect(text).toMatch(/^on:\n {2}push:\n {4}tags: \['v\*'\]$/m);
  });

  it('packs, signs, verifies and publishes, in this order', async () => {
    const calls = callsIn((await read(name)).replaceAll(/^#.*$/gm, ''));
    expect(calls.map(([command]) => command)).toEqual(STEPS);
  });

  it('tells how to sign on a machine of one’s own', async () => {
    const comments = (await read(name)).split('\n').filter((line) => line.startsWith('#'));
    expect(callsIn(comments.join('\n')).map(([command]) => command)).toEqual([
      'pack',
      'sign',
      'publish',
    ]);
    expect(comments.join('\n')).toContain('The safer way');
  });

  it.each(STEPS)('calls %s as it can be called', async (step) => {
    const command = COMMANDS.find((one) => one.name === step);
    if (command === undefined) throw new Error(`there is no command ${step}`);
    const calls = callsIn(await read(name)).filter(([called]) => called === step);
    expect(calls.length).toBeGreaterThan(0);
    for (const [, ...args] of calls) {
      const { options } = command;
      const { positionals } = parseArgs({ args, allowPositionals: true, options });
      expect(positionals).toHaveLength(step === 'pack' ? 0 : 1);
    }
  });

  it('says a date, which the configuration of docs/publishing.md counts from and does not say', async () => {
    const page = await readFile(join(repositoryRoot(), 'docs/publishing.md'), 'utf8');
    const config = blocksOf(page).find(({ text }) => text.startsWith('# pikit-release.toml'));
    expect(config?.text).toMatch(/^expires = \d+$/m);
    expect(config?.text).not.toContain('released');
    const packs = callsIn(await read(name)).filter(([called]) => called === 'pack');
    expect(packs).toHaveLength(2);
    for (const args of packs) expect(args).toContain('--released');
  });

  it('hands secrets over in the environment, never in a command line', async () => {
    const lines = (await read(name)).split('\n').filter((line) => line.includes('${{'));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/^ {10}[A-Z_]+: \$\{\{ [\w.]+ \}\}$/);
  });
});

const isEven = (count: number): boolean => count % 2 === 0;

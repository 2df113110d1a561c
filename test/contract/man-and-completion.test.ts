/** The manual pages and the completion that ship: without a warning, and naming every method, option and key that there is. */
import { methods } from '@pikit/protocol';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/repository-root.ts';

const MAN = join(repositoryRoot(), 'deploy/man');
const COMPLETION = join(repositoryRoot(), 'deploy/completion');
const METHODS = Object.keys(methods).filter((name) => name !== 'agent.hello');

const hasGroff = spawnSync('groff', ['--version']).error === undefined;
const NOTE = hasGroff ? '' : ' (skipped: there is no groff here)';

const page = (name: string): string =>
  readFileSync(join(MAN, name), 'utf8').replaceAll(String.raw`\-`, '-');
const helpOf = (program: string): string =>
  execFileSync(process.execPath, [join(repositoryRoot(), program), '--help'], { encoding: 'utf8' });
const optionsIn = (text: string): readonly string[] => [
  ...new Set(text.match(/(?<![\w-])--[a-z][a-z-]*/g)),
];

/** What bash offers for the last of these words. */
function complete(program: string, ...words: readonly string[]): readonly string[] {
  const script = `. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); "_\${1//-/_}"
    complete -p "$1" >&2; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const args = ['-euc', script, 'bash', join(COMPLETION, program), program, ...words];
  const { status, stdout, stderr } = spawnSync('bash', args, { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: `complete -F _${program.replaceAll('-', '_')} ${program}\n`,
  });
  return stdout.split('\n').filter((line) => line !== '');
}

describe('the manual pages', () => {
  it.skipIf(!hasGroff).each(readdirSync(MAN))(`%s is set without a warning${NOTE}`, (name) => {
    const file = join(MAN, name);
    const set = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-rCHECKSTYLE=3', file], {
      encoding: 'utf8',
    });
    expect(set.stderr).toBe('');
    expect(set.stdout).toMatch(/^[A-Z.-]+\(\d\) /);
  });

  it.each([
    ['pikit-rpc.1', 'packages/agent/dist/pikit-rpc.mjs'],
    ['pikit-agent.8', 'packages/agent/dist/pikit-agent.mjs'],
    ['pikit-release.1', 'deploy/release/dist/pikit-release.mjs'],
  ])('%s names every option of its program', (name, program) => {
    expect(optionsIn(helpOf(program)).filter((option) => !page(name).includes(option))).toEqual([]);
  });

  it('name every method, and every key of the configuration that ships', () => {
    expect(METHODS.filter((method) => !page('pikit-rpc.1').includes(method))).toEqual([]);
    const shipped = readFileSync(join(repositoryRoot(), 'deploy/config/updater.toml'), 'utf8');
    const keys = [...shipped.matchAll(/^(?:# )?(\w+) = /gm)].map(([, key = '']) => key);
    const words = new Set(page('updater.toml.5').split(/\W+/));
    expect([...new Set(keys)].filter((key) => !words.has(key))).toEqual([]);
  });
});

describe('the completion', () => {
  it('offers every method and command of pikit-rpc, and nothing behind one', () => {
    const all = [...METHODS, 'doctor', 'rescue', 'watch'].toSorted();
    expect(complete('pikit-rpc', '').toSorted()).toEqual(all);
    expect(complete('pikit-rpc', '--json', 'update.r')).toEqual([
      'update.repair',
      'update.rollback',
    ]);
    expect(complete('pikit-rpc', 'update.apply', '')).toEqual([]);
  });

  it('offers the methods of --run of pikit-agent', () => {
    expect(complete('pikit-agent', '--run', '').toSorted()).toEqual(METHODS.toSorted());
  });

  it.each([
    ['pikit-rpc', 'packages/agent/dist/pikit-rpc.mjs'],
    ['pikit-agent', 'packages/agent/dist/pikit-agent.mjs'],
  ])('offers every option of %s, and directories for --root', (name, program) => {
    expect(complete(name, '--').toSorted()).toEqual([...optionsIn(helpOf(program))].toSorted());
    expect(complete(name, '--root', '/et')).toEqual(['/etc']);
  });
});

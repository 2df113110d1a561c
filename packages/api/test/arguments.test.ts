/** The command line: what is understood and what is refused. */
import { describe, expect, it } from 'vitest';
import { readArguments, USAGE } from '../src/arguments.ts';

describe('readArguments', () => {
  it.each([
    [[], { kind: 'serve', configFile: '/etc/pikit/api.toml' }],
    [['--config', 'a.toml'], { kind: 'serve', configFile: 'a.toml' }],
    [['--check-config', '--config=a.toml'], { kind: 'check-config', configFile: 'a.toml' }],
    [['set-password'], { kind: 'set-password', configFile: '/etc/pikit/api.toml' }],
    [['--config', 'a.toml', 'set-password'], { kind: 'set-password', configFile: 'a.toml' }],
    [['--set-password'], { kind: 'set-password', configFile: '/etc/pikit/api.toml' }],
    [['--help', '--set-password'], { kind: 'help' }],
    [['--version'], { kind: 'version' }],
  ])('understands %j', (argv, expected) => {
    expect(readArguments(argv)).toEqual(expected);
  });

  it.each([
    [['--port', '80']],
    [['serve']],
    [['set-password', 'a password']],
    [['--config']],
    [['--check-config', '--set-password']],
    [['--check-config', 'set-password']],
  ])('refuses %j with a sentence', (argv) => {
    const parsed = readArguments(argv);
    expect(parsed.kind).toBe('usage-error');
    expect(parsed).toHaveProperty('message');
  });

  it('says of a mistyped option which, and no more', () => {
    expect(readArguments(['--hlep'])).toEqual({
      kind: 'usage-error',
      message: "Unknown option '--hlep'",
    });
  });

  it('documents every option and exit code', () => {
    for (const word of [
      '--config',
      '--check-config',
      ' set-password',
      '--set-password',
      '--help',
      '--version',
      '78',
    ]) {
      expect(USAGE).toContain(word);
    }
  });
});

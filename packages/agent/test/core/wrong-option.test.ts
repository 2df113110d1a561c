/** What somebody reads who has mistyped an option. */
import { parseArgs } from 'node:util';
import { describe, expect, it } from 'vitest';
import { wrongOption } from '../../src/core/wrong-option.ts';

function said(args: string[]): string {
  try {
    parseArgs({ args, options: { to: { type: 'string' }, yes: { type: 'boolean' } } });
  } catch (error) {
    return wrongOption((error as Error).message);
  }
  return 'taken';
}

describe('wrongOption', () => {
  it.each([
    [['--hlep'], "Unknown option '--hlep'; see --help"],
    [['--to'], "Option '--to <value>' argument missing; see --help"],
    [['--to', '--yes'], "Option '--to' argument is ambiguous; see --help"],
    [['--yes=1'], "Option '--yes' does not take an argument; see --help"],
  ])('says of %j one sentence', (args, words) => {
    expect(said(args)).toBe(words);
  });
});

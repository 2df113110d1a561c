/** The two keys that make a target real files, what each says of the other, and where they do not work. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../test/support/expect-code.ts';
import { parseConfig } from '../src/config.ts';
import { MINIMAL, SOURCE, targetText } from './support/config-text.ts';

const FILE = '/etc/pikit/updater.toml';

describe('parseConfig, copies', () => {
  it.each([
    ['file', '', { copy: false }],
    ['file', 'copy = true\n', { copy: true }],
    ['merge', 'copy = true\n', { copy: true }],
    ['file', 'config = true\n', { copy: true, config: true }],
    ['merge', 'config = true\ncopy = true\n', { copy: true, config: true }],
  ] as const)('reads a %s with %j', (kind, keys, expected) => {
    const text = SOURCE + targetText('/a', kind) + keys;
    expect(parseConfig(text, FILE).policy.targets).toEqual([
      { from: 'x', to: '/a', kind, ...expected },
    ]);
  });

  it.each([
    ['target.0', 'copy works for file and merge only', `${MINIMAL}copy = true\n`],
    ['target.0.config', 'works for file and merge only', `${MINIMAL}config = true\n`],
    [
      'target.0.config',
      'copy cannot be false',
      `${SOURCE}${targetText('/a', 'file')}config = true\ncopy = false\n`,
    ],
  ])('refuses at %s what says: %s', async (key, reason, text) => {
    const { details } = await expectCode(() => parseConfig(text, FILE), 'config-invalid');
    expect(details).toEqual({ file: FILE, key, reason: expect.stringContaining(reason) });
  });
});

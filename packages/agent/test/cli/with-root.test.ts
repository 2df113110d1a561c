/** Which words become a command that can be copied, and how a directory is written for a shell. */
import { describe, expect, it } from 'vitest';
import { withRoot } from '../../src/cli/with-root.ts';

describe('withRoot', () => {
  it.each([
    ['see why: pikit-rpc doctor --ask', 'see why: pikit-rpc --root /srv/box doctor --ask'],
    [
      'pikit-rpc rescue, pikit-rpc watch',
      'pikit-rpc --root /srv/box rescue, pikit-rpc --root /srv/box watch',
    ],
    ["pikit-rpc update.apply '{}'", "pikit-rpc --root /srv/box update.apply '{}'"],
    ['pikit-agent --run update.check', 'pikit-agent --root /srv/box --run update.check'],
    ['pikit-agent --recover', 'pikit-agent --root /srv/box --recover'],
    ['systemctl restart pikit-agent', 'systemctl restart pikit-agent'],
    ['journalctl -u pikit-agent has the rest', 'journalctl -u pikit-agent has the rest'],
    ['pikit-rpc --root /else rescue', 'pikit-rpc --root /else rescue'],
  ])('makes of %s', (words, due) => {
    expect(withRoot(words, '/srv/box')).toBe(due);
    expect(withRoot(words, '/')).toBe(words);
  });

  it('writes any directory as one word of a shell', () => {
    expect(withRoot('pikit-rpc rescue', "/srv/Ann's $box")).toBe(
      String.raw`pikit-rpc --root '/srv/Ann'\''s $box' rescue`,
    );
  });
});

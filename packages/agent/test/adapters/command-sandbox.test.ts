/** What surrounds a command: that it is in force shows on a booted system (test/system); here, what the config adds to it. */
import { describe, expect, it } from 'vitest';
import { sandboxOf } from '../../src/adapters/command-sandbox.ts';

const SHAPE = {
  directory: '/var/lib/pikit/releases/1.2.0-0a1b2c3d',
  version: '1.2.0',
  user: 'root',
  write: [],
  timeoutMs: 60_000,
};

const opening = (write: readonly string[]): readonly string[] =>
  sandboxOf({ ...SHAPE, write }).filter((property) => /^(Bind|ReadWrite)Paths=/.test(property));

describe('sandboxOf', () => {
  it('takes user, time, place and version from the command', () => {
    const sandbox = sandboxOf({ ...SHAPE, user: 'pikit', timeoutMs: 1500 });
    for (const property of [
      'User=pikit',
      'TimeoutStartSec=1500ms',
      `WorkingDirectory=${SHAPE.directory}`,
      'Environment=PIKIT_VERSION=1.2.0',
    ])
      expect(sandbox).toContain(property);
  });

  it('opens nothing for writing but what the config names', () => {
    expect(opening([])).toEqual([]);
    expect(opening(['/srv/data', '/run/postgresql'])).toEqual([
      'BindPaths=/srv/data',
      'BindPaths=/run/postgresql',
    ]);
  });

  it('says each property once, but for those that add up', () => {
    const names = sandboxOf(SHAPE).map((property) => property.split('=')[0]);
    const single = names.filter((name) => name !== 'Environment');
    expect(new Set(single).size).toBe(single.length);
  });
});

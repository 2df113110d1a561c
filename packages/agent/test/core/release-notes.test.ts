/** Whose notes are shown, in which order, and how much of them. */
import { VersionSchema, type Channel } from '@pikit/protocol';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { gatherNotes, unseenNotes } from '../../src/core/release-notes.ts';

const version = (text: string) => v.parse(VersionSchema, text);
const listed = (text: string, notes: string | undefined, channel: Channel = 'stable') => ({
  version: version(text),
  channel,
  notes,
});

const LIST = [
  listed('1.0.0', 'first'),
  listed('1.2.0', 'own, as the source has it'),
  listed('1.10.0', 'newer'),
  listed('1.1.0', ' second\n'),
  listed('1.1.5', undefined),
  listed('1.2.0-beta.1', 'beta', 'beta'),
];

describe('gatherNotes', () => {
  it('tells those of the channel before the release, newest first, where there are any', () => {
    expect(gatherNotes('own', version('1.2.0'), LIST, 'stable')).toEqual({
      notes: 'own',
      earlier: [
        { version: '1.1.0', notes: 'second' },
        { version: '1.0.0', notes: 'first' },
      ],
    });
    const beta = gatherNotes(undefined, version('1.2.0'), LIST, 'beta');
    expect(beta.notes).toBeNull();
    expect(beta.earlier[0]).toEqual({ version: '1.2.0-beta.1', notes: 'beta' });
  });

  it('has room for 16,000 characters of all together, its own first', () => {
    const { notes, earlier } = gatherNotes('x'.repeat(15_998), version('1.2.0'), LIST, 'stable');
    expect([notes?.length, earlier]).toEqual([15_998, [{ version: '1.1.0', notes: 'se' }]]);
    expect(gatherNotes('x'.repeat(16_001), version('1.2.0'), LIST, 'stable')).toEqual({
      notes: 'x'.repeat(16_000),
      earlier: [],
    });
  });

  it('names twenty at most', () => {
    const many = Array.from({ length: 50 }, (_, minor) => listed(`1.${String(minor)}.0`, 'n'));
    const { earlier } = gatherNotes('own', version('2.0.0'), many, 'stable');
    expect(earlier.map((each) => each.version).slice(0, 2)).toEqual(['1.49.0', '1.48.0']);
    expect(earlier).toHaveLength(20);
  });
});

describe('unseenNotes', () => {
  const earlier = [
    { version: version('1.2.0'), notes: 'b' },
    { version: version('1.1.0'), notes: 'a' },
  ];

  it('leaves out what the device has had', () => {
    expect(unseenNotes(earlier, version('1.1.0'))).toEqual([{ version: '1.2.0', notes: 'b' }]);
    expect(unseenNotes(earlier, version('1.0.0'))).toEqual(earlier);
  });

  it('tells nothing where nobody knows what runs', () => {
    expect(unseenNotes(earlier, 'preexisting')).toEqual([]);
    expect(unseenNotes(earlier, null)).toEqual([]);
  });
});

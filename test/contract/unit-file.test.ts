/** The reading of unit files, on which the tests of ours rely. */
import { describe, expect, it } from 'vitest';
import { parseUnit } from './unit-file.ts';

describe('parseUnit', () => {
  it('reads sections, repeated keys and lists, and no comments', () => {
    const unit = parseUnit('# A=0\n[Unit]\nA=1\n\n[Service]\nB=1 2\n;B=9\nB=3\nC=\n');
    expect(unit.sections).toEqual(['Unit', 'Service']);
    expect(unit.value('Unit', 'A')).toBe('1');
    expect(unit.values('Service', 'B')).toEqual(['1', '2', '3']);
    expect(unit.value('Service', 'B')).toBeUndefined();
    expect(unit.value('Service', 'C')).toBe('');
    expect(unit.values('Unit', 'C')).toEqual([]);
  });
});

/** CRC-32 against values that others publish: a checksum that only agrees with itself would lock out every other reader. */
import { describe, expect, it } from 'vitest';
import { checksum } from '../../src/core/checksum.ts';

describe('checksum', () => {
  it.each([
    ['', '00000000'],
    ['a', 'e8b7be43'],
    ['abc', '352441c2'],
    ['123456789', 'cbf43926'],
    ['message digest', '20159d7f'],
    ['abcdefghijklmnopqrstuvwxyz', '4c2750bd'],
    ['The quick brown fox jumps over the lazy dog', '414fa339'],
  ])('of %j is %s', (text, sum) => {
    expect(checksum(text)).toBe(sum);
  });

  it('is taken over UTF-8 and keeps its leading zeros', () => {
    expect(checksum('Grüße')).toBe('fbd37071');
    const sums = Array.from({ length: 200 }, (_, index) => checksum(String(index)));
    expect(sums.filter((sum) => !/^[0-9a-f]{8}$/.test(sum))).toEqual([]);
    expect(sums.some((sum) => sum.startsWith('0'))).toBe(true);
  });
});

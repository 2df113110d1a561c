/** Headers as the agent's own guard reads them, and nothing in them that the machine could have put there. */
import { describe, expect, it } from 'vitest';
import { createTarGuard } from '../../../../packages/agent/src/core/tar-guard.ts';
import { paddingOf, TAR_END, tarHeader, type TarItem } from '../../src/pack/tar-writer.ts';

const read = (item: TarItem) => {
  const guard = createTarGuard();
  guard.push(tarHeader(item, 0));
  guard.push(new Uint8Array(item.size));
  guard.push(paddingOf(item.size));
  guard.push(TAR_END);
  guard.end();
  return guard.take();
};

/** Lengths at which the digits of a PAX record's length grow, among them. */
const LONG = [88, 91, 92, 93, 100, 101, 255].map((length) => 'n'.repeat(length));
const PATHS = [
  'a',
  'a b',
  'Größe – 東京 🍓.js',
  ...LONG,
  ...LONG.map((name) => `${'d/'.repeat(30)}${name}`),
];

describe('tarHeader', () => {
  it.each(PATHS)('writes the name %s', (path) => {
    const file = { path, kind: 'file', mode: 0o755, size: 3 } as const;
    expect(read(file)).toEqual({ path, type: 'file', mode: 0o755, size: 3, linkText: '' });
    const directory = { path, kind: 'directory', mode: 0o755, size: 0 } as const;
    expect(read(directory)).toMatchObject({ path: `${path}/`, type: 'directory' });
    const link = { path: 'l', kind: 'link', mode: 0o777, size: 0, to: path } as const;
    expect(read(link)).toMatchObject({ path: 'l', type: 'symlink', linkText: path });
  });

  it('writes one block for an ordinary name', () => {
    const header = tarHeader(
      { path: 'n'.repeat(100), kind: 'file', mode: 0o4755, size: 8 },
      1795651200,
    );
    expect(header.length).toBe(512);
    const fields = Buffer.from(header).toString('latin1', 100, 148);
    expect(fields).toBe('0004755\x000000000\x000000000\x0000000000010\x0015301673200\0');
    expect(Buffer.from(header.subarray(265)).every((byte) => byte === 0)).toBe(true);
  });
});

describe('paddingOf', () => {
  it.each([
    [0, 0],
    [1, 511],
    [511, 1],
    [512, 0],
    [513, 511],
  ])('fills %i bytes with %i', (size, padding) => {
    expect(paddingOf(size)).toEqual(new Uint8Array(padding));
  });
});

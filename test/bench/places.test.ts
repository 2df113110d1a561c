/** Where a run has its directories: what is measured has the first claim to memory. */
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { placesFor } from './places.ts';

it.each([
  [30e9, '/dev/shm', '/dev/shm'],
  [12e9, '/dev/shm', tmpdir()],
  [4e9, tmpdir(), tmpdir()],
])('with %d bytes of room the disk is in %s and the site in %s', (room, disk, site) => {
  expect(placesFor({ bytes: 600e6 }, room)).toEqual({ disk, site });
});

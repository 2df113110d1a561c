/** Where a run has its directories: in memory where there is room, because a disk that others use too would be measured with them. */
import { existsSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import type { Workload } from './workload.ts';

const MEMORY = '/dev/shm';
const SPARE_BYTES = 2e9;

/** Of the trees together: what the releases take in all their forms, and the disk of the device with those that are kept of it. */
const TIMES = { site: 10, disk: 12 };

export interface Places {
  /** What servers read lies in their memory anyway, once it has been written. */
  readonly site: string;
  readonly disk: string;
}

export function placesFor({ bytes }: Pick<Workload, 'bytes'>, room = roomInMemory()): Places {
  const place = (times: number): string => (bytes * times + SPARE_BYTES < room ? MEMORY : tmpdir());
  return { disk: place(TIMES.disk), site: place(TIMES.disk + TIMES.site) };
}

/** None when the person has said where temporary files lie. */
function roomInMemory(): number {
  if (process.env['TMPDIR'] !== undefined || !existsSync(MEMORY)) return 0;
  const { bavail, bsize } = statfsSync(MEMORY);
  return Math.min(bavail * bsize, freemem());
}

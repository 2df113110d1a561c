/** SHA-256 of small documents in memory; files are hashed as they stream by the disk. */
import type { Sha256 } from '@pikit/protocol';
import { createHash } from 'node:crypto';
import type { Digest } from '../ports.ts';

export const digest: Digest = (content) =>
  createHash('sha256').update(content).digest('hex') as Sha256;

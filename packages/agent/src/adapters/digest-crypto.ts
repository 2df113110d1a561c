/** SHA-256 of small documents in memory; files are hashed as they stream by the disk. */
import type { Sha256 } from '@pikit/protocol';
import { hash } from 'node:crypto';
import type { Digest } from '../ports.ts';

export const digest: Digest = (content) => hash('sha256', content, 'hex') as Sha256;

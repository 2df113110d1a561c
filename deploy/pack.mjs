/**
 * Packs what is served as small as gzip makes it. How much memory it does best with depends on the text: more is not always better, so
 * the build tries them all. The same text gives the same bytes.
 */
import { gzipSync } from 'node:zlib';

const MEMORY_LEVELS = [5, 6, 7, 8, 9];

export function pack(content) {
  const packed = MEMORY_LEVELS.map((memLevel) => gzipSync(content, { level: 9, memLevel }));
  return packed.reduce((best, each) => (each.length < best.length ? each : best));
}

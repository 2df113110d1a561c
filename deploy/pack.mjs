/**
 * Packs what is served as small as gzip makes it, once and for all devices: Zopfli looks for the shortest way to say the same, which
 * every browser unpacks as ever. The same text gives the same bytes.
 */
import { gunzipSync } from 'node:zlib';
import zopfli from '@gfx/zopfli';

/** More wins a few bytes in a file, for a multiple of the time. */
const OPTIONS = { numiterations: 5 };

export async function pack(content) {
  const packed = await zopfli.gzipAsync(content, OPTIONS);
  // It is a stranger between what was built and what is served.
  if (!gunzipSync(packed).equals(content)) throw new Error('what was packed is something else');
  return packed;
}

/**
 * A seekable bundle made with `tar` and `gzip` themselves: a gzip member for each file, and one for the end. The packer for
 * maintainers is not used here, so that a fault in it cannot hide itself.
 */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

const run = promisify(execFile);

/** What `tar` puts behind the last entry. */
const END_BYTES = 1024;

export type Span = readonly [offset: number, length: number];

/** `paths` are relative to `tree`. Answers with each one's place in the bundle. */
export async function writeSeekable(
  tree: string,
  paths: readonly string[],
  bundle: string,
): Promise<ReadonlyMap<string, Span>> {
  const spans = new Map<string, Span>();
  const members: Buffer[] = [];
  let offset = 0;
  for (const path of paths) {
    // One block a record, so that nothing but the end stands behind the entry.
    const args = ['cf', '-', '-b', '1', '-C', tree, path];
    const { stdout } = await run('tar', args, { encoding: 'buffer', maxBuffer: 2 ** 30 });
    const member = gzipSync(stdout.subarray(0, -END_BYTES));
    spans.set(path, [offset, member.length]);
    members.push(member);
    offset += member.length;
  }
  await writeFile(bundle, Buffer.concat([...members, gzipSync(Buffer.alloc(END_BYTES))]));
  return spans;
}

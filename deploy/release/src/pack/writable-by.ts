/**
 * The end of a pipeline that is a function, and whose own failure is what the pipeline fails with: of an async iterator in
 * that place Node tells only that something was aborted.
 */
import { Writable } from 'node:stream';
import { callbackify } from 'node:util';

export function writableBy(take: (chunk: Buffer) => Promise<void> | void): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      callbackify(async () => take(chunk))(done);
    },
  });
}

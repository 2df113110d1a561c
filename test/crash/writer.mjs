/**
 * Replaces one file again and again and says each time which number it holds now. `careful` makes each durable before it
 * says so, `careless` only renames. Arguments: the file, then one of the two words. Runs until it is killed.
 */
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const [, , file, how] = process.argv;
const pause = new Int32Array(new SharedArrayBuffer(4));

for (let number = 1; ; number += 1) {
  const temporary = `${file}.new`;
  withOpen(temporary, 'w', (descriptor) => {
    writeSync(descriptor, `${number} `.repeat(1000));
    if (how === 'careful') fsyncSync(descriptor);
  });
  renameSync(temporary, file);
  if (how === 'careful') withOpen(dirname(file), 'r', fsyncSync);
  writeSync(1, `${number}\n`);
  Atomics.wait(pause, 0, 0, 2);
}

function withOpen(path, flags, work) {
  const descriptor = openSync(path, flags);
  work(descriptor);
  closeSync(descriptor);
}

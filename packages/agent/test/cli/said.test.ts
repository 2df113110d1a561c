/** Which words may be lost, and how that is told. The programs themselves: test/integration/full-output.test.ts. */
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { mindOutputs } from '../../src/cli/said.ts';

/** As Node tells what a write has met. */
const refusing = (code: string): Writable =>
  new Writable({
    write(_chunk, _encoding, done) {
      done(Object.assign(new Error('refused'), { code }));
    },
  });

function outputs(stdout: Writable) {
  const said: string[] = [];
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      said.push(String(chunk));
      done();
    },
  });
  const ended = mindOutputs('pikit', { stdout, stderr });
  stdout.write('an answer');
  return { said, ended };
}

describe('mindOutputs', () => {
  it('makes a failure of an answer that nobody has got, and keeps the code of another', async () => {
    const { said, ended } = outputs(refusing('ENOSPC'));
    expect(await ended(0)).toBe(1);
    expect(said).toEqual(['pikit: stdout: ENOSPC: what was to be said is lost\n']);
    expect(await ended(75)).toBe(75);
  });

  it('takes a reader that leaves early for no error', async () => {
    const { said, ended } = outputs(refusing('EPIPE'));
    expect([await ended(0), said]).toEqual([0, []]);
  });

  it('ends with the code where nobody hears that either', async () => {
    const ended = mindOutputs('pikit', { stdout: refusing('EIO'), stderr: refusing('EIO') });
    expect(await ended(0)).toBe(0);
  });
});

/** Questions whose answers nobody sees, with streams in place of a terminal; a real one is in the test of the program. */
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../test/support/expect-code.ts';
import { askHidden } from '../src/hidden-question.ts';

const aTerminal = () => ({ input: new PassThrough(), output: new PassThrough() });

describe('askHidden', () => {
  it('asks one after the other, and shows no answer', async () => {
    const terminal = aTerminal();
    const answers = askHidden(terminal, ['First: ', 'Second: ']);
    terminal.input.write('pässword\r');
    terminal.input.write('wrong\u007f\u007f\u007f\u007f\u007fagain\r');
    expect(await answers).toEqual(['pässword', 'again']);
    terminal.output.end();
    expect(await text(terminal.output)).toBe('First: \nSecond: \n');
  });

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('gives up on %s', async (_what, key) => {
    const terminal = aTerminal();
    const answers = askHidden(terminal, ['First: ']);
    terminal.input.write(key);
    await expectCode(answers, 'cancelled');
  });

  it('gives up when nobody is there any more', async () => {
    const terminal = aTerminal();
    const answers = askHidden(terminal, ['First: ', 'Second: ']);
    terminal.input.end('one\r');
    await expectCode(answers, 'cancelled');
  });
});

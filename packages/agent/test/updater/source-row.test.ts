/** Who is asked, and who is asked next. That bytes fit together is tried in `sources.test.ts`. */
import { UpdateError } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import type { ReleaseSource } from '../../src/ports.ts';
import { createSourceRow } from '../../src/updater/source-row.ts';
import { createListLog } from '../support/fakes.ts';

const never = new AbortController().signal;
const offline = new UpdateError('offline', 'no answer');
/** The row asks nothing by itself. */
const source = {} as ReleaseSource;

function aRow(...names: readonly string[]) {
  const log = createListLog();
  const sources = names.map((name) => ({ name, source }));
  const row = createSourceRow({ sources, log, patienceMs: 20 });
  return { ...row, log, order: () => row.inTurn().map(({ name }) => name) };
}

describe('createSourceRow', () => {
  it('puts whoever fails at the end until it begins anew', async () => {
    const { ask, order, beginAnew } = aRow('a', 'b', 'c');
    const answer = await ask(never, async ({ name }) => {
      if (name === 'a') throw offline;
      return name;
    });
    expect([answer, order()]).toEqual(['b', ['b', 'c', 'a']]);
    beginAnew();
    expect(order()).toEqual(['a', 'b', 'c']);
  });

  it('asks each once, and throws what the first has said', async () => {
    const { ask, places, order } = aRow('a', 'b');
    const asked: (readonly [string, boolean])[] = [];
    const work = ask(never, async ({ name }, isLast) => {
      asked.push([name, isLast]);
      throw name === 'a' ? offline : new UpdateError('source-invalid', 'x');
    });
    await expectCode(work, 'offline');
    expect(asked).toEqual([
      ['a', false],
      ['b', true],
    ]);
    expect(places.map(({ failure }) => failure?.code)).toEqual(['offline', 'source-invalid']);
    expect(order()).toEqual(['a', 'b']);
  });

  it('throws at once what no other source can mend', async () => {
    const { ask, places } = aRow('a', 'b');
    const full = new UpdateError('no-space', 'full');
    await expectCode(
      ask(never, async () => Promise.reject(full)),
      'no-space',
    );
    const bug = new TypeError('a bug');
    await expect(ask(never, async () => Promise.reject(bug))).rejects.toBe(bug);
    expect(places.map(({ failure }) => failure)).toEqual([null, null]);
  });

  it('is patient with the last one alone', async () => {
    const { askBriefly, log } = aRow('a', 'b');
    const waited = await askBriefly(never, async ({ name }, signal) => {
      if (name === 'b') return signal;
      return new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('late')));
      });
    });
    expect(waited).toBe(never);
    expect(log.lines).toEqual([expect.stringContaining('source a is passed over: offline')]);
  });
});

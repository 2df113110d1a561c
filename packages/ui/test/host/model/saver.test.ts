/** Choices on their way to the device: in order, one at a time, and the last one counts. */
import { describe, expect, it } from 'vitest';
import { createSaver, type Saving } from '../../../src/host/model/saver.ts';
import type { Answer } from '../../../src/model/call.ts';

const OK: Answer<unknown> = { ok: true, value: {}, headers: new Headers() };
const BUSY: Answer<unknown> = { ok: false, error: { code: 'busy', details: {} } };

/** A device that answers when it is told to. */
function setUp() {
  const seen: Saving<string>[] = [];
  const asked: { readonly wish: string; readonly answer: (answer: Answer<unknown>) => void }[] = [];
  const settled: string[] = [];
  const save = createSaver<string>({
    send: (wish) => new Promise((answer) => asked.push({ wish, answer })),
    settle: async () => {
      settled.push(asked.at(-1)?.wish ?? '');
    },
    onChange: (saving) => seen.push(saving),
  });
  return { save, seen, asked, settled };
}

describe('createSaver', () => {
  it('shows the wish until the device has told what it has now', async () => {
    const { save, seen, asked, settled } = setUp();
    const saved = save('beta');
    expect(seen).toEqual([{ kind: 'saving', wish: 'beta' }]);
    asked[0]?.answer(OK);
    await saved;
    expect(settled).toEqual(['beta']);
    expect(seen.at(-1)).toEqual({ kind: 'saved' });
  });

  it('says why the device refused, and lets go of the wish', async () => {
    const { save, seen, asked } = setUp();
    const saved = save('beta');
    asked[0]?.answer(BUSY);
    await saved;
    expect(seen.at(-1)).toEqual({ kind: 'refused', problem: { code: 'busy', details: {} } });
  });

  it('sends of the choices made meanwhile only the last, and tells the end of that', async () => {
    const { save, seen, asked } = setUp();
    const saved = save('01:00');
    await save('02:00');
    await save('03:00');
    expect(seen.at(-1)).toEqual({ kind: 'saving', wish: '03:00' });
    asked[0]?.answer(BUSY);
    await expect.poll(() => asked.map(({ wish }) => wish)).toEqual(['01:00', '03:00']);
    asked[1]?.answer(OK);
    await saved;
    expect(seen.at(-1)).toEqual({ kind: 'saved' });
    expect(seen.filter(({ kind }) => kind === 'refused')).toEqual([]);
  });
});

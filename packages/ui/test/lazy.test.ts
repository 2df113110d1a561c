/** What is fetched until it is there, on a line that fails or says nothing. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../../test/support/wait-for.ts';
import { createLazy, LAZY_PACE, type LazyPace } from '../src/lazy.ts';

const NEVER_MS = 600_000;
const QUICK: LazyPace = {
  firstPauseMs: 1,
  mostPauseMs: { urgent: 1, calm: 1 },
  patienceMs: NEVER_MS,
};

let life: AbortController;
beforeEach(() => {
  life = new AbortController();
});
afterEach(() => life.abort());

/** Its attempts wait to be answered one by one. */
function setUp(change: Partial<LazyPace> = {}, isUrgent = false) {
  const asked: number[] = [];
  const answers: { readonly come: (value: string) => void; readonly fail: () => void }[] = [];
  let changes = 0;
  const lazy = createLazy<string>({
    fetch: (attempt) => {
      asked.push(attempt);
      return new Promise((come, reject) => {
        answers.push({ come, fail: () => reject(new Error('gone')) });
      });
    },
    isUrgent: () => isUrgent,
    onChange: () => {
      changes += 1;
    },
    signal: life.signal,
    pace: { ...QUICK, ...change },
  });
  const isAsked = (times: number) => waitFor('it to ask', () => asked.length === times);
  return { lazy, asked, answers, isAsked, changes: () => changes };
}

describe('createLazy', () => {
  it('fetches nothing before somebody begins, and then once', async () => {
    const { lazy, asked, answers, changes } = setUp();
    expect(asked).toEqual([]);
    lazy.begin();
    lazy.begin();
    lazy.hurry();
    answers[0]?.come('here');
    await waitFor('it to come', () => lazy.value() === 'here');
    lazy.hurry();
    expect([asked, changes()]).toEqual([[0], 1]);
  });

  it('tries again until it is there, and no attempt is like another', async () => {
    const { lazy, asked, answers, isAsked } = setUp();
    lazy.begin();
    for (const times of [1, 2, 3]) {
      await isAsked(times);
      answers[times - 1]?.fail();
    }
    await isAsked(4);
    expect(lazy.failures()).toBe(3);
    answers[3]?.come('here');
    await waitFor('it to come', () => lazy.value() === 'here');
    expect(asked).toEqual([0, 1, 2, 3]);
  });

  it('does not wait for the next attempt when somebody waits for it', async () => {
    const { lazy, answers, isAsked } = setUp({
      firstPauseMs: NEVER_MS,
      mostPauseMs: { urgent: NEVER_MS, calm: NEVER_MS },
    });
    lazy.begin();
    answers[0]?.fail();
    await waitFor('it to fail', () => lazy.failures() === 1);
    lazy.hurry();
    await isAsked(2);
  });

  it.each([
    [true, 2],
    [false, 1],
  ])('pauses for less time while it is urgent: %s', async (isUrgent, attempts) => {
    const pace = { firstPauseMs: NEVER_MS, mostPauseMs: { urgent: 1, calm: NEVER_MS } };
    const { lazy, asked, answers, isAsked } = setUp(pace, isUrgent);
    lazy.begin();
    answers[0]?.fail();
    await waitFor('it to fail', () => lazy.failures() === 1);
    if (isUrgent) await isAsked(2);
    expect(asked.length).toBe(attempts);
  });

  it('asks once more where nothing comes, and takes what comes after all', async () => {
    const { lazy, asked, answers } = setUp({ patienceMs: 1 });
    lazy.begin();
    await waitFor('it to ask again', () => asked.length > 1);
    expect(lazy.failures()).toBeGreaterThan(0);
    answers[0]?.come('late');
    await waitFor('it to come', () => lazy.value() === 'late');
  });

  it('ends with what it is for', async () => {
    const { lazy, asked, answers, changes } = setUp();
    lazy.begin();
    life.abort();
    answers[0]?.come('too late');
    await Promise.resolve();
    lazy.hurry();
    expect([lazy.value(), asked.length, changes()]).toEqual([undefined, 1, 0]);
  });

  it('is patient, and quicker with somebody than without', () => {
    const { mostPauseMs, patienceMs } = LAZY_PACE;
    expect(mostPauseMs.urgent).toBeLessThan(mostPauseMs.calm);
    expect(patienceMs).toBeGreaterThan(mostPauseMs.urgent);
  });
});

/** The holder of the situation. */
import { describe, expect, it } from 'vitest';
import { createStore } from '../../src/model/situation.ts';

describe('createStore', () => {
  it('begins by knowing nothing', () => {
    const { link, status, pending } = createStore(7).situation();
    expect({ link, status, pending }).toEqual({
      link: { kind: 'connecting', since: 7 },
      status: undefined,
      pending: undefined,
    });
  });

  it('tells every listener of a change, until it leaves', () => {
    const store = createStore(0);
    const heard: string[] = [];
    const leave = store.subscribe(() => heard.push(`a ${store.situation().agent}`));
    store.subscribe(() => heard.push('b'));
    store.set({ agent: 'away' });
    leave();
    store.set({ agent: 'reachable' });
    expect(heard).toEqual(['a away', 'b', 'b']);
  });
});

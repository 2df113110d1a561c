/** Every call of the route table is documented, and nothing else is. */
import { describe, expect, it } from 'vitest';
import { routes, type AppDeps } from '../src/app.ts';
import { DOCUMENTED } from '../src/documented.ts';

describe('DOCUMENTED', () => {
  it('has a row for each call, and for no other', () => {
    // The handlers are not called; only the table is read.
    const calls = routes({} as AppDeps)
      .filter(({ path }) => !path.includes('*'))
      .map(({ method, path }) => `${method} ${path}`);
    expect(Object.keys(DOCUMENTED).toSorted()).toEqual(calls.toSorted());
  });
});

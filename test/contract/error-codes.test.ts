/** Every code of the closed list has an HTTP status at the api's edge, in the real table. */
import { STATUS_CODES } from 'node:http';
import { ERROR_CODES } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { STATUS_OF } from '../../packages/api/src/problem.ts';

describe.each(ERROR_CODES)('%s', (code) => {
  it('has an HTTP status that says that something went wrong', () => {
    const status = STATUS_OF[code];
    expect(STATUS_CODES[status]).toBeDefined();
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
  });
});

describe('the tables', () => {
  it('hold no status for a code that does not exist', () => {
    expect(Object.keys(STATUS_OF).toSorted()).toEqual([...ERROR_CODES].toSorted());
  });
});

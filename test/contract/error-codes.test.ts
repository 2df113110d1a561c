/** Every code of the closed list has an HTTP status at the api's edge and a sentence in the UI, in the real tables. */
import { STATUS_CODES } from 'node:http';
import { ERROR_CODES } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { STATUS_OF } from '../../packages/api/src/problem.ts';
import { errorMessages } from '../../packages/ui/src/model/error-messages.ts';

describe.each(ERROR_CODES)('%s', (code) => {
  it('has an HTTP status that says that something went wrong', () => {
    const status = STATUS_OF[code];
    expect(STATUS_CODES[status]).toBeDefined();
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
  });

  it('has a title of a few words and says what to do in whole sentences', () => {
    const { title, whatToDo } = errorMessages[code];
    expect(title).toMatch(/^[A-Z].{4,80}$/);
    expect(title).not.toMatch(/\.$/);
    expect(whatToDo).toMatch(/^[A-Z].*([.!)\]]|: \S.*)$/s);
    expect(whatToDo.split(' ').length).toBeGreaterThan(3);
  });

  it('shows its own name to nobody', () => {
    const { title, whatToDo } = errorMessages[code];
    if (code.includes('-')) expect(`${title} ${whatToDo}`).not.toContain(code);
    expect(`${title} ${whatToDo}`).not.toMatch(/\b(JSON-RPC|errno|stack|undefined|null)\b/i);
  });
});

describe('the tables', () => {
  it('hold no status for a code that does not exist', () => {
    expect(Object.keys(STATUS_OF).toSorted()).toEqual([...ERROR_CODES].toSorted());
  });

  it('say something different for each code', () => {
    const titles = Object.values(errorMessages).map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });
});

/** One text for all who ask for the same object. */
import { expect, it } from 'vitest';
import { onceEach } from '../src/once-each.ts';

it('makes it once for each object, also where it is nothing', () => {
  const asked: unknown[] = [];
  const make = onceEach((key: { readonly value: string | undefined }) => {
    asked.push(key);
    return key.value;
  });
  const [one, same, nothing] = [{ value: 'a' }, { value: 'a' }, { value: undefined }];
  expect([one, one, same, nothing, nothing].map(make)).toEqual([
    'a',
    'a',
    'a',
    undefined,
    undefined,
  ]);
  expect(asked).toEqual([one, same, nothing]);
});

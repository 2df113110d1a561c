/** What was typed, and what is missing or too much. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../test/support/expect-code.ts';
import { assertNoMore, directoryOf, textOf, textsOf } from '../src/arguments.ts';

const positionals = (...all: readonly string[]) => ({ positionals: all });
const values = (all: Record<string, string | boolean | string[]>) => ({ values: all });

describe('directoryOf', () => {
  it('wants just one', async () => {
    expect(directoryOf(positionals('a'))).toBe('a');
    await expectCode(() => directoryOf(positionals()), 'invalid-request');
    await expectCode(() => directoryOf(positionals('a', 'b')), 'invalid-request');
  });
});

describe('assertNoMore', () => {
  it('wants none', async () => {
    assertNoMore(positionals());
    await expectCode(() => {
      assertNoMore(positionals('a'));
    }, 'invalid-request');
  });
});

describe('textOf', () => {
  it('wants a text that says something', async () => {
    expect(textOf(values({ key: 'a' }), 'key')).toBe('a');
    await expectCode(() => textOf(values({}), 'key'), 'invalid-request');
    await expectCode(() => textOf(values({ key: '' }), 'key'), 'invalid-request');
    await expectCode(() => textOf(values({ key: true }), 'key'), 'invalid-request');
  });
});

describe('textsOf', () => {
  it('takes none, one and more', () => {
    expect(textsOf(values({}), 'key')).toEqual([]);
    expect(textsOf(values({ key: 'a' }), 'key')).toEqual(['a']);
    expect(textsOf(values({ key: ['a', 'b'] }), 'key')).toEqual(['a', 'b']);
  });
});

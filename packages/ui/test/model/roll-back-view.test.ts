/** The way to the kept release is called back only when it leads back. */
import { describe, expect, it } from 'vitest';
import type { Status, Version } from '@pikit/protocol';
import { loadLanguage } from '../../src/catalogue/load-language.ts';
import { rollBackView } from '../../src/model/roll-back-view.ts';

const language = await loadLanguage('en');

const view = (current: string | null, previous: string | null) =>
  rollBackView(
    { current: current as Status['current'], previous: previous as Status['previous'] },
    language,
  );

describe('rollBackView', () => {
  it.each([
    ['1.1.0', '1.0.0', 'Roll back to 1.0.0'],
    ['1.10.0', '1.9.0', 'Roll back to 1.9.0'],
    ['2.0.0', '1.9.9', 'Roll back to 1.9.9'],
    ['1.0.0', 'preexisting', 'Roll back to the earlier dashboard'],
    ['1.0.0', '1.0.1', 'Switch to 1.0.1'],
    ['1.9.0', '1.10.0', 'Switch to 1.10.0'],
    ['preexisting', '1.0.0', 'Switch to 1.0.0'],
    ['1.0.0', null, 'Roll back'],
  ])('from %s to %s: %s', (current, previous, label) => {
    expect(view(current, previous).label).toBe(label);
  });

  it('asks in the same words', () => {
    expect(view('1.1.0', '1.0.0').confirm).toEqual({
      question: 'Roll back to 1.0.0?',
      yes: 'Roll back',
      keep: 'Keep 1.1.0',
    });
    expect(view('1.0.0', '1.1.0').confirm).toEqual({
      question: 'Switch to 1.1.0?',
      yes: 'Switch',
      keep: 'Keep 1.0.0',
    });
  });

  it('begins a button with a capital', async () => {
    const german = await loadLanguage('de');
    const { confirm } = rollBackView(
      { current: 'preexisting', previous: '1.0.0' as Version },
      german,
    );
    expect(confirm.keep).toBe('Das frühere Dashboard behalten');
  });
});

/** The catalogue is complete for every closed list of the protocol. */
import { describe, expect, it } from 'vitest';
import { OUTCOMES, PHASES } from '@pikit/protocol';
import { messages } from '../../src/model/messages.ts';

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

describe('messages', () => {
  it('names every phase', () => {
    expect(Object.keys(messages.phases)).toEqual([...PHASES]);
  });

  it.each(['apply', 'rollback', 'repair'] as const)(
    'says every outcome of a %s and the state after it',
    (kind) => {
      const said = [...Object.keys(messages.outcomes[kind]), 'staged'];
      expect(said.toSorted()).toEqual([...OUTCOMES].toSorted());
      for (const { title, state } of Object.values(messages.outcomes[kind])) {
        expect(title).not.toBe('');
        expect(state).toMatch(/\.$/);
      }
    },
  );

  it('leaves no text empty and none with a word of the machine room', () => {
    const texts = textsOf(messages);
    expect(texts.length).toBeGreaterThan(150);
    for (const text of texts) {
      expect(text.trim()).not.toBe('');
      expect(text).not.toMatch(/\b(transaction|daemon|payload|null|undefined|exception)\b/i);
    }
  });
});

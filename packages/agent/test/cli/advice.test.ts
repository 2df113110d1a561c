/** What stands behind a refusal on the terminal. */
import { describe, expect, it } from 'vitest';
import { adviceOn } from '../../src/cli/advice.ts';

describe('adviceOn', () => {
  it('says what to do, behind the arrow of doctor', () => {
    expect(adviceOn('busy')).toBe(' -> wait for its end: pikit-rpc watch');
    expect(adviceOn('agent-unreachable')).toContain('pikit-rpc doctor');
  });

  it('says nothing where the code says it', () => {
    expect(adviceOn('nothing-to-repair')).toBe('');
  });
});

/** A cancel is heard until the door is closed, and refused from then on, unless it was heard before. */
import { UpdateError } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createCancelDoor } from '../../src/updater/cancel-door.ts';

const reason = new UpdateError('cancelled', 'on request');

describe('the door', () => {
  it('lets a cancel in while it is open', () => {
    const door = createCancelDoor();
    door.knock(reason);
    expect(door.signal.reason).toBe(reason);
  });

  it('is closed for good', async () => {
    const door = createCancelDoor();
    door.close('activating');
    door.close('restarting');
    const error = await expectCode(() => door.knock(reason), 'not-cancellable');
    expect(error.details).toEqual({ phase: 'restarting' });
    expect(door.signal.aborted).toBe(false);
  });

  it('does not refuse a second time what was heard', () => {
    const door = createCancelDoor();
    door.knock(reason);
    door.close('cleaning-up');
    door.knock(reason);
    expect(door.signal.aborted).toBe(true);
  });
});

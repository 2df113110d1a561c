/** The owner's settings over the operator's file, the file alone where there are none; and the targets of what was begun before it was changed. */
import { DEFAULT_SETTINGS, UpdateError } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { decidedPolicy, policyFor } from '../../src/updater/decided-policy.ts';
import { aPolicy, TARGETS } from '../support/workbench.ts';

const policy = aPolicy({ channel: 'stable' });
const decided = (change: object) =>
  decidedPolicy(policy, { loadSettings: async () => ({ ...DEFAULT_SETTINGS, ...change }) });

async function unreadable(): Promise<never> {
  throw new UpdateError('write-failed', 'bad sector');
}

describe('decidedPolicy', () => {
  it('is what the file says where the owner has decided nothing', async () => {
    expect(await decided({})).toEqual(policy);
  });

  it('takes channel and number of releases from the owner, and nothing else', async () => {
    expect(await decided({ channel: 'beta', keep: 4 })).toEqual({
      ...policy,
      channel: 'beta',
      limits: { ...policy.limits, keep: 4 },
    });
  });

  it('does without settings that cannot be read', async () => {
    expect(await decidedPolicy(policy, { loadSettings: unreadable })).toEqual(policy);
  });
});

describe('policyFor', () => {
  it('has the targets with which the transaction began', () => {
    const targets = TARGETS.slice(1);
    expect(policyFor(policy, { targets })).toEqual({ ...policy, targets });
  });

  it('takes those of the file where an earlier agent began it', () => {
    expect(policyFor(policy, {})).toEqual(policy);
  });
});

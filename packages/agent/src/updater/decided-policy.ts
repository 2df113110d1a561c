/**
 * What holds now: the config file with the owner's settings over it. Asked for anew by each use case, because a setting counts
 * from the moment in which it is kept.
 */
import { DEFAULT_SETTINGS } from '@pikit/protocol';
import type { Policy } from '../core/policy.ts';
import { unlessUnreadable } from '../steps/unless-unreadable.ts';
import type { Store } from './store.ts';

/** Settings that cannot be read must keep no transaction from its end: then the config file decides. */
export async function decidedPolicy(
  policy: Policy,
  store: Pick<Store, 'loadSettings'>,
): Promise<Policy> {
  const settings = await unlessUnreadable(() => store.loadSettings());
  const { channel, keep } = settings ?? DEFAULT_SETTINGS;
  return {
    ...policy,
    channel: channel ?? policy.channel,
    limits: { ...policy.limits, keep: keep ?? policy.limits.keep },
  };
}

/** What was begun is ended with the targets with which it began: others count from the next transaction. */
export function policyFor(
  policy: Policy,
  { targets = policy.targets }: { readonly targets?: Policy['targets'] },
): Policy {
  return { ...policy, targets };
}

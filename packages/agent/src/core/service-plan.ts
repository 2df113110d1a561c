/** Which services must hear of an update: those whose targets changed, and those that the release asks for. */
import type { ServiceRule } from './policy.ts';
import type { ServiceAction } from './post-install.ts';

/** One action a unit, in the order of the config; a restart makes a reload of the same unit needless. */
export function planServices(
  rules: readonly ServiceRule[],
  changed: ReadonlySet<string>,
  asked: readonly ServiceAction[],
): readonly ServiceAction[] {
  const actions = new Map<string, ServiceAction>();
  const due = rules.filter(({ after }) => isDue(after, changed));
  for (const { unit, action } of [...due, ...asked]) {
    if (actions.get(unit)?.action !== 'restart') actions.set(unit, { unit, action });
  }
  return [...actions.values()];
}

function isDue(after: readonly string[] | undefined, changed: ReadonlySet<string>): boolean {
  return after === undefined ? changed.size > 0 : after.some((from) => changed.has(from));
}

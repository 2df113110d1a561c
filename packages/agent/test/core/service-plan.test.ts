/** Which services hear of an update: not one more than must, and each of them once. */
import { describe, expect, it } from 'vitest';
import type { ServiceRule } from '../../src/core/policy.ts';
import type { ServiceAction } from '../../src/core/post-install.ts';
import { planServices } from '../../src/core/service-plan.ts';

const WEB: ServiceRule = { unit: 'web.service', action: 'restart', after: ['pikit-web'] };
const API: ServiceRule = { unit: 'api.service', action: 'restart', after: ['pikit-api.py', 'bin'] };
const NGINX: ServiceRule = { unit: 'nginx.service', action: 'reload' };
const RULES = [WEB, API, NGINX];

/** `restart web` for `web.service`. */
const shown = (actions: readonly ServiceAction[]): readonly string[] =>
  actions.map(({ unit, action }) => `${action} ${unit.replace('.service', '')}`);

function plan(
  changed: readonly string[],
  asked: readonly ServiceAction[] = [],
  rules: readonly ServiceRule[] = RULES,
): readonly string[] {
  return shown(planServices(rules, new Set(changed), asked));
}

describe('planServices', () => {
  it.each([
    [[], []],
    [['pikit-web'], ['restart web', 'reload nginx']],
    [['bin'], ['restart api', 'reload nginx']],
    [
      ['pikit-api.py', 'bin'],
      ['restart api', 'reload nginx'],
    ],
    [
      ['pikit-web', 'pikit-api.py'],
      ['restart web', 'restart api', 'reload nginx'],
    ],
    [['cron'], ['reload nginx']],
  ])('when %j changed does %j', (changed, actions) => {
    expect(plan(changed)).toEqual(actions);
  });

  it('never bothers a service whose list is empty, unless the release asks', () => {
    const quiet: ServiceRule = { unit: 'web.service', action: 'restart', after: [] };
    expect(plan(['pikit-web'], [], [quiet])).toEqual([]);
    expect(plan([], [{ unit: 'web.service', action: 'reload' }], [quiet])).toEqual(['reload web']);
  });

  it('does what the release asks for after what the config says', () => {
    const asked: ServiceAction[] = [{ unit: 'web.service', action: 'reload' }];
    expect(plan(['cron'], asked)).toEqual(['reload nginx', 'reload web']);
    expect(plan([], asked)).toEqual(['reload web']);
  });

  it.each([
    ['reload', 'restart', 'restart'],
    ['restart', 'reload', 'restart'],
    ['restart', 'restart', 'restart'],
    ['reload', 'reload', 'reload'],
  ] as const)('makes one of %s and %s: %s, at the first place', (first, second, made) => {
    const twice: ServiceRule[] = [
      { unit: 'web.service', action: first },
      API,
      { unit: 'web.service', action: second },
    ];
    expect(plan(['bin'], [], twice)).toEqual([`${made} web`, 'restart api']);
    const asked: ServiceAction[] = [{ unit: 'web.service', action: second }];
    expect(plan(['bin'], asked, twice.slice(0, 2))).toEqual([`${made} web`, 'restart api']);
  });
});

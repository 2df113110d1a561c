/** What lies about: records that were damaged, files that had to make way, configuration that waits to be merged. */
import { ok, warning, type Verdict } from './verdict.ts';

export interface LeftoverFacts {
  /** Names of device paths. */
  readonly damagedRecords: readonly string[];
  readonly keptAside: readonly string[];
  /** Configuration files beside which a `.pikit-new` lies. */
  readonly edited: readonly string[];
  /** What a transaction left half-done; empty while one runs or something is kept for the next. */
  readonly halfDone: readonly string[];
}

const CHECK = 'leftovers';

export function judgeLeftovers(facts: LeftoverFacts): readonly Verdict[] {
  const { damagedRecords, keptAside, edited, halfDone } = facts;
  const found = [
    ...listed(damagedRecords, 'was damaged and kept aside', 'read it if you like, then remove it'),
    ...listed(keptAside, 'had to make way for a release', 'remove it when nobody misses it'),
    ...listed(
      edited.map((file) => `${file}.pikit-new`),
      'waits to be merged',
      'merge it into the file beside it, then remove it',
    ),
    ...listed(halfDone, 'was left half-done', 'systemctl restart pikit-agent, which tidies up'),
  ];
  return found.length > 0 ? found : [ok(CHECK, 'none')];
}

const SHOWN = 3;

function listed(names: readonly string[], what: string, advice: string): readonly Verdict[] {
  if (names.length === 0) return [];
  const more = names.length > SHOWN ? ` and ${String(names.length - SHOWN)} more` : '';
  return [warning(CHECK, `${names.slice(0, SHOWN).join(', ')}${more} ${what}`, advice)];
}

/** Does the agent's unit let it write where the targets of updater.toml lie? Findings in, verdict out. */
import { bad, type Verdict } from './verdict.ts';

const UNIT = 'pikit-agent.service';

/**
 * `places` are directories that an update writes in, `writable` what the unit leaves open; undefined where it leaves everything
 * open, or there is none. Says nothing where all is well.
 */
export function judgeReach(
  places: readonly string[],
  writable: readonly string[] | undefined,
): readonly Verdict[] {
  if (writable === undefined) return [];
  const isOpen = (place: string): boolean =>
    writable.some((open) => place === open || place.startsWith(`${open.replace(/\/$/, '')}/`));
  const shut = [...new Set(places)].filter((place) => !isOpen(place));
  if (shut.length === 0) return [];
  const found = `${UNIT} may not write in ${shut.join(' ')}, where targets lie: an update would be refused`;
  const advice = `systemctl edit ${UNIT}, add the lines [Service] | ReadWritePaths=${shut.join(' ')}; then: systemctl restart pikit-agent`;
  return [bad('units', found, advice)];
}

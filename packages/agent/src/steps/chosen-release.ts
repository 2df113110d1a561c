/** Which release is being fetched, for a source that may have another one under the same version. */
import type { ChosenRelease } from '../ports.ts';
import type { StepContext } from './context.ts';

/** Of an update or a repair: a roll-back fetches nothing. */
export function chosenRelease({ record }: Pick<StepContext, 'record'>): ChosenRelease {
  const { to, manifestSha256 } = record();
  if (to.version === 'preexisting' || manifestSha256 === null) {
    throw new TypeError('only a release with a manifest is ever fetched');
  }
  return { version: to.version, manifestSha256 };
}

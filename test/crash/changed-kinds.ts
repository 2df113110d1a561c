/** Two releases of the small dashboard that 1.1.0 can be updated to: one with symlinks, and one with a directory where that has a file. */
import { aRelease } from '../../packages/agent/test/support/workbench.ts';
import { PATHS, sideOf } from './sides.ts';
import type { Shown, Side } from './verdict.ts';

const [PAGE, , , COPY] = PATHS;

const showing = (side: Side, ...shown: readonly Shown[]): Side => ({
  ...side,
  shown: Object.assign({}, side.shown, ...shown) as Shown,
});

export const LINKED_RELEASE = aRelease('1.1.5', {
  links: { 'pikit-web/latest.html': 'index.html', 'bin/pikit-tool': '../bin/pikit-helper' },
});
const [LATEST, TOOL] = ['/var/www/pikit-web/latest.html', '/usr/local/bin/pikit-tool'];
const LINKED = sideOf(LINKED_RELEASE.version);

/** Before and after. */
export const LINKED_SIDES: readonly [Side, Side] = [
  showing(sideOf('1.1.0'), { [LATEST]: undefined, [TOOL]: undefined }),
  showing(LINKED, { [LATEST]: LINKED.shown[PAGE], [TOOL]: '#!/bin/sh\n' }),
];

const { 'cron/pikit': _file, ...others } = aRelease('1.1.7').files;
export const DEEPER_RELEASE = aRelease('1.1.7', {
  files: { ...others, 'cron/pikit/job': '# deeper\n' },
});
const BELOW = `${COPY}/job`;

/** Before and after. */
export const DEEPER_SIDES: readonly [Side, Side] = [
  showing(sideOf('1.1.0'), { [BELOW]: undefined }),
  showing(sideOf(DEEPER_RELEASE.version), { [COPY]: undefined, [BELOW]: '# deeper\n' }),
];

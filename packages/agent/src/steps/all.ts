/** Phase to step: a phase without a step does not compile. */
import type { Phase } from '@pikit/protocol';
import { activating } from './activating.ts';
import { cleaningUp } from './cleaning-up.ts';
import { committing } from './committing.ts';
import type { Step } from './context.ts';
import { preflight } from './preflight.ts';
import { probing } from './probing.ts';
import { restarting } from './restarting.ts';
import { rollingBack } from './rolling-back.ts';
import { staging } from './staging.ts';
import { verifying } from './verifying.ts';

export const steps = {
  preflight,
  staging,
  verifying,
  activating,
  restarting,
  probing,
  committing,
  'rolling-back': rollingBack,
  'cleaning-up': cleaningUp,
} as const satisfies Record<Phase, Step>;

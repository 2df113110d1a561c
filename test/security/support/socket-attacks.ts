/** Every attack on the agent's socket, in the order in which they are tried: the crowds come last, since they are loudest. */
import type { Attack } from './attack.ts';
import { CROWD_ATTACKS } from './crowd-attacks.ts';
import { LINE_ATTACKS } from './line-attacks.ts';
import { STREAM_ATTACKS } from './stream-attacks.ts';

export const SOCKET_ATTACKS: readonly Attack[] = [
  ...LINE_ATTACKS,
  ...STREAM_ATTACKS,
  ...CROWD_ATTACKS,
];

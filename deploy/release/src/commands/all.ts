/** Every command, in the order of a release's life. */
import type { Command } from '../command.ts';
import { inspect } from './inspect.ts';
import { publish } from './publish.ts';

export const COMMANDS: readonly Command[] = [inspect, publish];

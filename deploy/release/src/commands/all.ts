/** Every command, in the order of a release's life. */
import type { Command } from '../command.ts';
import { inspect } from './inspect.ts';

export const COMMANDS: readonly Command[] = [inspect];

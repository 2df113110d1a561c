/** What a program of ours ends with, so that scripts can tell the cases apart. The numbers are sysexits.h's where it has one. */
import type { ErrorCode } from '@pikit/protocol';

export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  unreachable: 69,
  busy: 75,
  notAllowed: 77,
  badConfig: 78,
} as const;

const OF_CODE: Partial<Record<ErrorCode, number>> = {
  'invalid-request': EXIT.usage,
  'agent-unreachable': EXIT.unreachable,
  busy: EXIT.busy,
  forbidden: EXIT.notAllowed,
  'config-invalid': EXIT.badConfig,
};

/** Every other code is a plain failure. */
export function exitCodeOf(code: ErrorCode): number {
  return OF_CODE[code] ?? EXIT.failed;
}

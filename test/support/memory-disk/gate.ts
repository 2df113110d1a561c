/** Where a test stands between the agent and the disk: told of each call that changes something, free to refuse it. */

export type ChangingCall =
  | 'create'
  | 'write'
  | 'truncate'
  | 'sync'
  | 'mkdir'
  | 'rename'
  | 'link'
  | 'symlink'
  | 'unlink'
  | 'rmdir'
  | 'chmod'
  | 'chown'
  | 'utimes';

/** What asks for no room is not refused for want of it. */
export const NEEDS_ROOM: readonly ChangingCall[] = [
  'create',
  'write',
  'mkdir',
  'symlink',
  'link',
  'rename',
];

export interface Gate {
  /** Throws what the call shall fail with; then nothing happens. */
  readonly before?: (call: ChangingCall, path: string) => void;
  readonly after?: (call: ChangingCall, path: string) => void;
}

export type Changing = <T>(call: ChangingCall, path: string, work: () => T) => T;

/** `gate` is read anew at each call. */
export function createChanging(gate: () => Gate): Changing {
  return (call, path, work) => {
    gate().before?.(call, path);
    const result = work();
    gate().after?.(call, path);
    return result;
  };
}

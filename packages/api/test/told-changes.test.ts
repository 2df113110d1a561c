/** What the log holds of something that fails again and again. */
import { UpdateError } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { createToldChanges } from '../src/told-changes.ts';
import { createRecordingLog } from './support/recording-log.ts';

const fine = async (): Promise<void> => undefined;
const failing = (cause: Error) => (): Promise<void> => Promise.reject(cause);
const unreadable = failing(
  new UpdateError('config-invalid', 'it cannot be read', { cause: new Error('EACCES') }),
);

describe('createToldChanges', () => {
  it('tells a failure once, with its code and without a stack, and its end once', async () => {
    const log = createRecordingLog();
    const watch = createToldChanges(log, 'it can be read again');
    for (const look of [fine, unreadable, unreadable, unreadable, fine, fine, unreadable]) {
      await watch(look);
    }
    const failure = '<3>config-invalid: it cannot be read: EACCES\n';
    expect(log.lines).toEqual([failure, '<6>it can be read again\n', failure]);
  });

  it('tells another failure, and where a bug is', async () => {
    const log = createRecordingLog();
    const watch = createToldChanges(log, 'again');
    const bug = failing(new TypeError('no function'));
    for (const look of [unreadable, bug, bug]) await watch(look);
    expect(log.lines).toHaveLength(2);
    expect(log.lines[1]).toMatch(/^<3>TypeError: no function +at /);
  });
});

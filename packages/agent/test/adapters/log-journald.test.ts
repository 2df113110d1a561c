/** One message is one line with its priority, whatever is in it. */
import { describe, expect, it } from 'vitest';
import { createLog, withoutPriority } from '../../src/adapters/log-journald.ts';

describe('createLog', () => {
  it('begins each line with the priority that journald reads', () => {
    const lines: string[] = [];
    const log = createLog((line) => lines.push(line));
    log.info('checked');
    log.warning('slow');
    log.error('broken');
    expect(lines).toEqual(['<6>checked\n', '<4>slow\n', '<3>broken\n']);
  });

  it('lets no message forge a second line or speak to a terminal', () => {
    const lines: string[] = [];
    createLog((line) => lines.push(line)).info('a\n<3>b\r\u001b[2Jc\0\u2028d\te ü');
    expect(lines).toEqual(['<6>a\\n<3>b\\u000d\\u001b[2Jc\\u0000\\u2028d\te ü\n']);
  });
});

describe('withoutPriority', () => {
  it('leaves the message, whatever is in it', () => {
    expect(withoutPriority('<4>check failed: <3>\n')).toBe('check failed: <3>\n');
    expect(withoutPriority('checked\n')).toBe('checked\n');
  });
});

/** Lines as journald reads them. */
import { describe, expect, it } from 'vitest';
import { waitFor } from '../../../test/support/wait-for.ts';
import { createGatherer, describe as describeError, describeBriefly } from '../src/log.ts';
import { createRecordingLog } from './support/recording-log.ts';

describe('createLog', () => {
  it('marks each line with its syslog level', () => {
    const log = createRecordingLog();
    log.info('a');
    log.warning('b');
    log.error('c', new Error('why'));
    expect(log.lines[0]).toBe('<6>a\n');
    expect(log.lines[1]).toBe('<4>b\n');
    expect(log.lines[2]).toMatch(/^<3>c: Error: why .*\n$/);
  });

  it('keeps one message on one line, whatever is in it', () => {
    const log = createRecordingLog();
    log.info('GET /a\n<3>forged\u001b[31m\u2028b\u202ec');
    expect(log.lines).toEqual(['<6>GET /a <3>forged [31m b c\n']);
  });
});

describe('createGatherer', () => {
  it('writes what was said within a moment in one piece, and the rest when it is asked', async () => {
    const written: string[] = [];
    const { write, flush } = createGatherer((text) => written.push(text));
    write('a\n');
    write('b\n');
    expect(written).toEqual([]);
    await waitFor('the moment to pass', () => written.length > 0);
    write('c\n');
    flush();
    flush();
    expect(written).toEqual(['a\nb\n', 'c\n']);
  });
});

describe('describe', () => {
  it('follows the chain of causes', () => {
    const error = new Error('outer', { cause: new TypeError('inner', { cause: 'root' }) });
    expect(describeError(error)).toMatch(
      /Error: outer.*caused by TypeError: inner.*caused by root$/s,
    );
  });
});

describe('describeBriefly', () => {
  it('says what lies beneath, and where neither is', () => {
    expect(describeBriefly(new Error('outer', { cause: new Error('inner') }))).toBe('outer: inner');
    expect(describeBriefly(new Error('outer', { cause: 'no error' }))).toBe('outer');
  });
});

/** The lines that systemd reads, to the letter. */
import { describe, expect, it } from 'vitest';
import { dropInPath, dropInText } from '../../src/core/timer-schedule.ts';

describe('the drop-in of the timer', () => {
  it('lies in the directory of the unit', () => {
    expect(dropInPath('pikit-update.timer')).toBe(
      '/etc/systemd/system/pikit-update.timer.d/50-pikit.conf',
    );
  });

  it('takes the earlier times away before it sets its own', () => {
    const lines = dropInText({ checkAt: '03:05' }).split('\n');
    expect(lines.slice(1)).toEqual(['[Timer]', 'OnCalendar=', 'OnCalendar=*-*-* 03:05:00', '']);
  });
});

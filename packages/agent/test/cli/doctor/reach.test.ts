/** Targets that the agent's unit keeps it from writing. */
import { describe, expect, it } from 'vitest';
import { judgeReach } from '../../../src/cli/doctor/reach.ts';

describe('judgeReach', () => {
  it('says nothing where the unit lets the agent write, or nobody knows', () => {
    expect(judgeReach(['/var/www', '/srv/a/b'], ['/run', '/var/www', '/srv/'])).toEqual([]);
    expect(judgeReach(['/srv'], ['/'])).toEqual([]);
    expect(judgeReach(['/srv'], undefined)).toEqual([]);
  });

  it('names each directory once, and the line that is missing', () => {
    expect(judgeReach(['/srv/a', '/srv/a', '/var/www', '/opt'], ['/srv/ab', '/var/www'])).toEqual([
      {
        check: 'units',
        level: 'bad',
        found:
          'pikit-agent.service may not write in /srv/a /opt, where targets lie: an update would be refused',
        advice:
          'systemctl edit pikit-agent.service, add the lines [Service] | ReadWritePaths=/srv/a /opt; then: systemctl restart pikit-agent',
      },
    ]);
  });
});

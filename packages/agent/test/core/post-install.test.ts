/** What a release may ask for after activation: units of the operator's list, in two words, and never a command. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { parsePostInstall, withSuffix } from '../../src/core/post-install.ts';

const ALLOWED = ['pikit-api.service', 'nginx.service', 'pikit-update.timer', 'getty@tty1.service'];

describe('parsePostInstall', () => {
  it.each([
    ['restart pikit-api', 'restart', 'pikit-api.service'],
    ['restart pikit-api.service', 'restart', 'pikit-api.service'],
    ['reload nginx', 'reload', 'nginx.service'],
    ['systemctl restart nginx', 'restart', 'nginx.service'],
    ['systemctl reload nginx.service', 'reload', 'nginx.service'],
    ['restart pikit-update.timer', 'restart', 'pikit-update.timer'],
    ['restart getty@tty1', 'restart', 'getty@tty1.service'],
    ['  restart nginx \n', 'restart', 'nginx.service'],
  ])('reads %j as %s of %s', (entry, action, unit) => {
    expect(parsePostInstall([entry], ALLOWED)).toEqual([{ action, unit }]);
  });

  it('keeps the order, and nothing is nothing', () => {
    expect(parsePostInstall([], ALLOWED)).toEqual([]);
    const both = parsePostInstall(['reload nginx', 'restart pikit-api'], ALLOWED);
    expect(both.map(({ unit }) => unit)).toEqual(['nginx.service', 'pikit-api.service']);
  });

  it.each([
    'ssh',
    'ssh.service',
    'nginx.socket',
    'pikit-api.timer',
    '--force',
    '-H',
    'NGINX',
    '..',
    '*',
  ])('refuses to restart %s, which is not in the list', async (unit) => {
    const entry = `restart ${unit}`;
    const error = await expectCode(
      () => parsePostInstall([entry], ALLOWED),
      'post-install-refused',
    );
    expect(error.details['entry']).toBe(entry);
  });

  it.each([
    '',
    'nginx',
    'stop nginx',
    'enable nginx',
    'restart',
    'restart nginx pikit-api',
    'restart nginx; reboot',
    'restart nginx && reboot',
    'restart nginx\nreboot',
    'restart $(reboot)',
    'RESTART nginx',
    'sudo systemctl restart nginx',
    'systemctl  restart nginx',
    '/bin/systemctl restart nginx',
    './migrate.sh',
    'rm -rf /',
    'restart ngin\u0445',
    `restart ${'x'.repeat(201)}`,
  ])('refuses the command %j', async (entry) => {
    const error = await expectCode(
      () => parsePostInstall([entry], ALLOWED),
      'post-install-refused',
    );
    expect(error.details).toEqual({
      entry: entry.slice(0, 200),
      reason: 'commands need a signed release',
    });
  });

  it('refuses the whole list for one bad entry', async () => {
    const entries = ['restart nginx', 'reboot', 'restart pikit-api'];
    const error = await expectCode(
      () => parsePostInstall(entries, ALLOWED),
      'post-install-refused',
    );
    expect(error.details['entry']).toBe('reboot');
  });

  it('allows nothing where the config lists no unit', async () => {
    await expectCode(() => parsePostInstall(['restart nginx'], []), 'post-install-refused');
  });
});

describe('withSuffix', () => {
  it.each([
    ['nginx', 'nginx.service'],
    ['nginx.service', 'nginx.service'],
    ['pikit-agent.socket', 'pikit-agent.socket'],
    ['pikit-update.timer', 'pikit-update.timer'],
    ['multi-user.target', 'multi-user.target'],
    ['org.example.web', 'org.example.web.service'],
    ['php8.2-fpm', 'php8.2-fpm.service'],
    ['getty@tty1', 'getty@tty1.service'],
    ['a.services', 'a.services.service'],
  ])('makes %s to %s, as systemctl does', (name, unit) => {
    expect(withSuffix(name)).toBe(unit);
  });
});

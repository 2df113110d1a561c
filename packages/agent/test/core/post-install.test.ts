/** What a release may ask for after activation: units of the operator's list, in two words, and commands without a shell. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import {
  assertMayRun,
  commandsOf,
  serviceActionsOf,
  withSuffix,
} from '../../src/core/post-install.ts';
import { aFile } from '../support/a-manifest.ts';

const ALLOWED = ['pikit-api.service', 'nginx.service', 'pikit-update.timer', 'getty@tty1.service'];

describe('serviceActionsOf', () => {
  it.each([
    ['restart pikit-api', 'restart', 'pikit-api.service'],
    ['restart pikit-api.service', 'restart', 'pikit-api.service'],
    ['reload nginx', 'reload', 'nginx.service'],
    ['systemctl restart nginx', 'restart', 'nginx.service'],
    ['systemctl reload nginx.service', 'reload', 'nginx.service'],
    ['restart pikit-update.timer', 'restart', 'pikit-update.timer'],
    ['restart getty@tty1', 'restart', 'getty@tty1.service'],
    ['  restart nginx \n', 'restart', 'nginx.service'],
  ])('reads %j as %s of %s, and as no command', (entry, action, unit) => {
    expect(serviceActionsOf([entry], ALLOWED)).toEqual([{ action, unit }]);
    expect(commandsOf([entry])).toEqual([]);
  });

  it('keeps the order, leaves commands out, and nothing is nothing', () => {
    expect(serviceActionsOf([], ALLOWED)).toEqual([]);
    const all = serviceActionsOf(['reload nginx', 'bin/migrate', 'restart pikit-api'], ALLOWED);
    expect(all.map(({ unit }) => unit)).toEqual(['nginx.service', 'pikit-api.service']);
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
  ])('refuses to restart %s, which is not in the list', async (unit) => {
    const entry = `restart ${unit}`;
    const { details } = await expectCode(
      () => serviceActionsOf(['reload nginx', entry], ALLOWED),
      'post-install-refused',
    );
    expect(details).toEqual({ entry, reason: 'the unit is not in the list of updater.toml' });
  });

  it('allows nothing where the config lists no unit', async () => {
    await expectCode(() => serviceActionsOf(['restart nginx'], []), 'post-install-refused');
  });
});

describe('commandsOf', () => {
  it.each([
    ['bin/migrate', 'bin/migrate', []],
    ['bin/migrate up --to=3 a:b,c@d+e', 'bin/migrate', ['up', '--to=3', 'a:b,c@d+e']],
    [' /usr/bin/python3  \t migrate.py\n', '/usr/bin/python3', ['migrate.py']],
    // None of these names a service in the two words that are meant for it.
    ['stop nginx', 'stop', ['nginx']],
    ['restart', 'restart', []],
    ['restart nginx pikit-api', 'restart', ['nginx', 'pikit-api']],
    ['systemctl  restart nginx', 'systemctl', ['restart', 'nginx']],
    ['RESTART nginx', 'RESTART', ['nginx']],
  ])('reads %j', (entry, program, args) => {
    const entries = ['reload nginx', entry];
    expect(commandsOf(entries)).toEqual([{ index: 1, entry, program, args }]);
  });

  it.each([
    ...'\'"$;|&<>(){}*?~\\`!#%[]^\n\r\0\u001b\u2028'.split('').map((sign) => `bin/a x${sign}y`),
    'restart nginx; reboot',
    'restart nginx\nreboot',
    'restart $(reboot)',
    'restart *',
    'A="b c" bin/a',
    'restart ngin\u0445',
  ])('refuses %j, because there is no shell', async (entry) => {
    const { details } = await expectCode(() => commandsOf([entry]), 'post-install-refused');
    expect(details['entry']).toBe(entry);
    expect(details['reason']).toContain('there is no shell');
  });

  it.each(['', ' \t'])('refuses the empty entry %j', async (entry) => {
    const { details } = await expectCode(() => commandsOf([entry]), 'post-install-refused');
    expect(details['reason']).toBe('empty');
  });
});

const FILES = [
  aFile('bin/migrate', { mode: '0755' }),
  aFile('bin/data', { mode: '0644' }),
  aFile('bin/silent'),
];
const GOOD = { isSigned: true, isAllowed: true, hasSystemd: true };

const reasonOf = async (entry: string, conditions = GOOD): Promise<unknown> => {
  const { details } = await expectCode(
    () => assertMayRun(commandsOf(['bin/migrate', entry]), FILES, conditions),
    'post-install-refused',
  );
  return details['reason'];
};

describe('assertMayRun', () => {
  it('lets a program of the release and one of the device run', () => {
    const commands = commandsOf(['bin/migrate up', '/usr/bin/python3 bin/data']);
    expect(() => assertMayRun(commands, FILES, GOOD)).not.toThrow();
  });

  it('asks nothing of a release without commands', () => {
    const none = { isSigned: false, isAllowed: false, hasSystemd: false };
    expect(() => assertMayRun([], FILES, none)).not.toThrow();
  });

  it.each([
    ['commands need a signed release', { isSigned: false }],
    ['updater.toml does not allow commands', { isAllowed: false }],
    ['commands need systemd, which does not run this device', { hasSystemd: false }],
  ])('says %s', async (reason, condition) => {
    expect(await reasonOf('bin/migrate', { ...GOOD, ...condition })).toBe(reason);
  });

  it.each([
    ['bin/other', 'the release has no such program'],
    ['./bin/migrate', 'the release has no such program'],
    ['../bin/migrate', 'the release has no such program'],
    ['migrate', 'the release has no such program'],
    ['--version', 'the release has no such program'],
    ['bin/data', 'the manifest does not make the program executable'],
    ['bin/silent', 'the manifest does not make the program executable'],
    ['/usr/../bin/sh', 'the path of the program is not plain'],
    ['/', 'the path of the program is not plain'],
    ['//bin/sh', 'the path of the program is not plain'],
  ])('refuses %s: %s', async (entry, reason) => {
    expect(await reasonOf(entry)).toBe(reason);
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

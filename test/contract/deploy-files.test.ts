/**
 * The files for systemd against what the programs expect: names, modes, users, paths. Who may talk to the root
 * process is decided in these files, so they are tested like code.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DEFAULT_SETTINGS } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../packages/agent/src/config.ts';
import * as layout from '../../packages/agent/src/core/layout.ts';
import { dropInPath } from '../../packages/agent/src/core/timer-schedule.ts';
import { inheritedSockets } from '../../packages/agent/src/rpc/listen.ts';
import { withTempDir } from '../support/temp-dir.ts';
import { deployPath, readDeployFile, readUnit } from './unit-file.ts';

const UNITS = readdirSync(deployPath('systemd'));
const canVerify = existsSync('/usr/bin/systemd-analyze');

/** What it says of a value that it does not know yet, and goes without. */
const NEWER = /Failed to parse boolean value, ignoring: identity/;

describe('the unit files', () => {
  it('are these nine', () => {
    expect(UNITS.toSorted()).toEqual([
      'pikit-agent-api.socket',
      'pikit-agent.service',
      'pikit-agent.socket',
      'pikit-api.service',
      'pikit-guard.service',
      'pikit-guard.timer',
      'pikit-recover.service',
      'pikit-update.service',
      'pikit-update.timer',
    ]);
  });

  it.each(UNITS)('%s says what it is', (name) => {
    expect(readUnit(name).value('Unit', 'Description')).toMatch(/^Pi-Kit updater: ./);
  });

  it('name only units of ours, and targets', () => {
    const named = UNITS.flatMap((name) =>
      [
        ...readDeployFile(`systemd/${name}`).matchAll(
          /\bpikit-[\w-]+\.(?:service|socket|timer)\b/g,
        ),
      ].map(([unit]) => unit),
    );
    expect(named.filter((unit) => !UNITS.includes(unit))).toEqual([]);
  });

  // Where systemd is at hand, it reads them too; programs that are installed on a device only are replaced.
  it.runIf(canVerify)(
    `are accepted by systemd itself${canVerify ? '' : ' (skipped: no systemd-analyze)'}`,
    async () => {
      await withTempDir(async (directory) => {
        cpSync(deployPath('systemd'), directory, { recursive: true });
        const paths = UNITS.map((name) => join(directory, name));
        for (const path of paths) {
          const text = readFileSync(path, 'utf8').replace(/^ExecStart=\S+/m, 'ExecStart=/bin/true');
          writeFileSync(path, text);
        }
        const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...paths], {
          encoding: 'utf8',
        });
        // It also reads what the units refer to; how the rest of this machine is set up is not the subject.
        const ours = stderr.split('\n').filter((line) => /pikit/.test(line) && !NEWER.test(line));
        expect({ status, ours }).toEqual({ status: 0, ours: [] });
      });
    },
  );
});

describe('the sockets', () => {
  it.each([
    ['pikit-agent.socket', 'agent', layout.AGENT_SOCKET, 'root', '0600'],
    ['pikit-agent-api.socket', 'api', layout.API_SOCKET, 'pikit', '0660'],
  ])('%s is %s, with the mode that is its authentication', (name, fd, path, group, mode) => {
    const unit = readUnit(name);
    expect(unit.value('Socket', 'FileDescriptorName')).toBe(fd);
    expect(unit.value('Socket', 'ListenStream')).toBe(path);
    expect(unit.value('Socket', 'SocketUser')).toBe('root');
    expect(unit.value('Socket', 'SocketGroup')).toBe(group);
    expect(unit.value('Socket', 'SocketMode')).toBe(mode);
    expect(unit.values('Install', 'WantedBy')).toEqual(['sockets.target']);
  });

  it('both lead to the agent, and the agent takes both', () => {
    expect(readUnit('pikit-agent-api.socket').value('Socket', 'Service')).toBe(
      'pikit-agent.service',
    );
    expect(readUnit('pikit-agent.service').values('Service', 'Sockets')).toEqual([
      'pikit-agent.socket',
      'pikit-agent-api.socket',
    ]);
  });

  it('are told apart by the names under which the agent looks for them', () => {
    const names = ['pikit-agent.socket', 'pikit-agent-api.socket'].map(
      (name) => readUnit(name).value('Socket', 'FileDescriptorName') ?? '',
    );
    const env = { LISTEN_PID: '7', LISTEN_FDS: '2', LISTEN_FDNAMES: names.join(':') };
    expect([...inheritedSockets(env, 7)]).toEqual([
      ['agent', 3],
      ['api', 4],
    ]);
  });
});

describe('the services', () => {
  it('start the programs from where they are installed', () => {
    expect(readUnit('pikit-agent.service').value('Service', 'ExecStart')).toBe(
      '/usr/lib/pikit/start agent',
    );
    expect(readUnit('pikit-api.service').value('Service', 'ExecStart')).toBe(
      '/usr/lib/pikit/start api --config /etc/pikit/api.toml',
    );
  });

  it('the agent runs as root and is started again, at boot too', () => {
    const agent = readUnit('pikit-agent.service');
    expect(agent.value('Service', 'User')).toBeUndefined();
    expect(agent.value('Service', 'Restart')).toBe('on-failure');
    expect(agent.values('Install', 'WantedBy')).toEqual(['multi-user.target']);
  });

  it('the api runs as its own user, without any privilege', () => {
    const api = readUnit('pikit-api.service');
    expect(api.value('Service', 'User')).toBe('pikit');
    expect(api.value('Service', 'Group')).toBe('pikit');
    expect(api.value('Service', 'CapabilityBoundingSet')).toBe('');
    expect(api.value('Service', 'NoNewPrivileges')).toBe('yes');
    expect(api.values('Service', 'ReadWritePaths')).toEqual([]);
  });

  it.each(['pikit-agent.service', 'pikit-api.service'])(
    '%s may write only where it says',
    (name) => {
      expect(readUnit(name).value('Service', 'ProtectSystem')).toBe('strict');
      expect(readUnit(name).value('Service', 'ProtectHome')).toBe('yes');
    },
  );

  it('the agent keeps its downloads, although all else of its /var/tmp is emptied when it stops', () => {
    const agent = readUnit('pikit-agent.service');
    expect(agent.value('Service', 'PrivateTmp')).toBe('yes');
    expect(agent.values('Service', 'BindPaths')).toEqual([layout.DOWNLOADS]);
  });
});

describe('what runs before the services of a device that boots', () => {
  const recover = readUnit('pikit-recover.service');
  const others = UNITS.filter((name) => name !== 'pikit-recover.service');

  it('runs to its end, only after a cut, and not for ever', () => {
    expect(recover.value('Service', 'Type')).toBe('oneshot');
    expect(recover.value('Service', 'ExecStart')).toBe(
      "/bin/sh -c 'timeout 40 /usr/lib/pikit/start agent --recover-targets || exec /usr/bin/node /usr/lib/pikit/pikit-agent.mjs --recover-targets'",
    );
    expect(recover.value('Unit', 'ConditionPathExists')).toBe(layout.JOURNAL_FILE);
    expect(recover.value('Service', 'TimeoutStartSec')).toBe('90');
    expect(recover.values('Install', 'WantedBy')).toEqual(['basic.target']);
  });

  it('is done before every ordinary service, and waits for none of them', () => {
    expect(recover.value('Unit', 'DefaultDependencies')).toBe('no');
    expect(recover.values('Unit', 'Before')).toContain('basic.target');
    // By default a service starts after basic.target; these would have to say that they do not.
    for (const name of others) {
      expect(readUnit(name).value('Unit', 'DefaultDependencies')).toBeUndefined();
      expect(readUnit(name).values('Unit', 'Before')).toEqual([]);
    }
    expect(recover.values('Unit', 'After')).toEqual(['local-fs.target']);
    const pulled = ['Wants', 'Requires', 'BindsTo'].flatMap((key) => recover.values('Unit', key));
    expect(pulled).toEqual([]);
  });

  it('waits for the filesystems that hold program, journal, releases and the shipped targets', () => {
    const mounts = recover.values('Unit', 'RequiresMountsFor');
    const { policy } = parseConfig(readDeployFile('config/updater.toml'), 'updater.toml');
    const paths = [
      '/usr/lib/pikit/pikit-agent.mjs',
      layout.CONFIG_FILE,
      layout.JOURNAL_FILE,
      layout.RELEASES,
      ...policy.targets.map(({ to }) => to),
    ];
    const missing = paths.filter(
      (path) => !mounts.some((mount) => `${path}/`.startsWith(`${mount}/`)),
    );
    expect(missing).toEqual([]);
  });
});

describe('the paths that the agent may write', () => {
  const entries = ['ReadWritePaths', 'BindPaths']
    .flatMap((key) => readUnit('pikit-agent.service').values('Service', key))
    .map((entry) => entry.replace(/^-/, ''));
  /** The mount of its own that a path lies on. */
  const mountOf = (path: string): string | undefined =>
    entries.find((entry) => path === entry || path.startsWith(`${entry}/`));

  it.each(
    [
      layout.RELEASES,
      layout.STAGING,
      layout.CURRENT,
      layout.VERSION_FILE,
      layout.STATE_FILE,
      layout.JOURNAL_FILE,
      layout.SETTINGS_FILE,
      layout.HISTORY_FILE,
      layout.LOGS,
      layout.DOWNLOADS,
      layout.BACKUPS,
      layout.LOCK_FILE,
    ].map((path) => [path]),
  )('include %s', (path) => {
    expect(mountOf(path)).toBeDefined();
  });

  it('have staging, releases and the switch on one mount, because a rename cannot cross two', () => {
    const mounts = [layout.RELEASES, layout.STAGING, layout.CURRENT].map(mountOf);
    expect(new Set(mounts).size).toBe(1);
  });

  it('include the drop-in of the timer, whose directory is made at the installation', () => {
    const { policy } = parseConfig(readDeployFile('config/updater.toml'), 'updater.toml');
    const directory = dirname(dropInPath(policy.timer));
    expect(mountOf(directory)).toBe(directory);
    expect(readDeployFile('tmpfiles.d/pikit.conf')).toContain(`\nd  ${directory} 0755 root root`);
  });

  it('include the directory of every target in the shipped configuration', () => {
    const { policy } = parseConfig(readDeployFile('config/updater.toml'), 'updater.toml');
    expect(policy.targets.length).toBeGreaterThan(0);
    expect(
      policy.targets.filter(
        ({ to, kind }) => mountOf(kind === 'merge' ? to : dirname(to)) === undefined,
      ),
    ).toEqual([]);
  });
});

describe('the daily check', () => {
  it('is one call of the CLI, after network and clock', () => {
    const unit = readUnit('pikit-update.service');
    expect(unit.value('Service', 'Type')).toBe('oneshot');
    expect(unit.value('Service', 'ExecStart')).toBe('/usr/bin/pikit-rpc update.check');
    expect(unit.values('Unit', 'After')).toEqual(
      expect.arrayContaining(['network-online.target', 'time-sync.target', 'pikit-agent.socket']),
    );
  });

  it('comes at 04:20, is made up for, and not from all devices at once', () => {
    const timer = readUnit('pikit-update.timer');
    expect(timer.value('Timer', 'OnCalendar')).toBe(`*-*-* ${DEFAULT_SETTINGS.checkAt}:00`);
    expect(DEFAULT_SETTINGS.checkAt).toBe('04:20');
    expect(timer.value('Timer', 'Persistent')).toBe('true');
    expect(timer.value('Timer', 'RandomizedDelaySec')).toBe('30min');
    expect(timer.values('Install', 'WantedBy')).toEqual(['timers.target']);
  });

  it('has the name of the timer that the agent switches on and off', () => {
    const { policy } = parseConfig(readDeployFile('config/updater.toml'), 'updater.toml');
    expect(UNITS).toContain(policy.timer);
  });
});

describe('users and directories', () => {
  it('make the user and group that the units name, without a login', () => {
    expect(readDeployFile('sysusers.d/pikit.conf')).toMatch(/^u pikit - "[^"]+" \S+ -$/m);
  });

  it.each([
    ['/run/pikit', '0755', 'root', 'root'],
    ['/etc/pikit', '0755', 'root', 'pikit'],
    ['/var/lib/pikit-api', '0700', 'pikit', 'pikit'],
    ['/var/lib/pikit', '0755', 'root', 'root'],
    ['/var/lib/pikit-update', '0755', 'root', 'root'],
    ['/var/backups/pikit', '0755', 'root', 'root'],
    ['/var/tmp/pikit-update', '0700', 'root', 'root'],
  ])('make %s with mode %s for %s:%s', (path, mode, user, group) => {
    const lines = readDeployFile('tmpfiles.d/pikit.conf')
      .split('\n')
      .map((line) => line.split(/\s+/).slice(0, 5));
    expect(lines).toContainEqual(['d', path, mode, user, group]);
  });
});

/** updater.toml as it ships: right as it is, and with every key and true default in it for whoever edits it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../packages/agent/src/config.ts';
import { repositoryRoot } from '../support/repository-root.ts';

const FILE = '/etc/pikit/updater.toml';
const COMMANDS = ['allow', 'timeout_ms', 'user', 'write'];
const NETWORK = ['proxy', 'no_proxy', 'ca_file'];
const SHIPPED = readFileSync(join(repositoryRoot(), 'deploy/config/updater.toml'), 'utf8');

describe('the configuration that ships', () => {
  const shipped = parseConfig(SHIPPED, FILE);

  it("holds the plan's source, targets and services", () => {
    expect(shipped.sources).toEqual([
      { kind: 'gitea', url: 'https://git.44r0n.cc', repository: '44r0n7/pi-kit' },
    ]);
    const { targets, services, probes, channel, timer } = shipped.policy;
    expect(targets).toEqual([
      { from: 'pikit-web', to: '/var/www/pikit-web', kind: 'directory', copy: false },
      { from: 'pikit-api.py', to: '/usr/local/bin/pikit-api.py', kind: 'file', copy: false },
      { from: 'bin', to: '/usr/local/bin', kind: 'merge', copy: false },
      { from: 'updater', to: '/usr/local/lib/pikit', kind: 'directory', copy: false },
    ]);
    expect(services).toEqual([
      { unit: 'dietpi-dashboard-frontend.service', action: 'restart', after: ['pikit-web'] },
      { unit: 'pikit-api.service', action: 'restart', after: ['pikit-api.py', 'updater'] },
      { unit: 'nginx.service', action: 'reload', after: ['pikit-web'] },
    ]);
    expect(probes).toEqual([{ url: 'http://127.0.0.1/', assets: true, versionField: undefined }]);
    expect({ channel, timer }).toEqual({ channel: 'stable', timer: 'pikit-update.timer' });
  });

  it('shows each limit with its true default', () => {
    const [above = '', limits = ''] = SHIPPED.split('[limits]\n');
    const uncommented = limits.replaceAll(/^# (\w+ = \d+)$/gm, '$1');
    expect(uncommented.match(/^\w+ = /gm)).toHaveLength(
      Object.keys(shipped.policy.limits).length + 1,
    );
    expect(parseConfig(`${above}[limits]\n${uncommented}`, FILE)).toEqual(shipped);
  });

  it('shows sources of every kind, and several, that are right as they stand there', () => {
    const start = SHIPPED.indexOf('\n[[target]]');
    const [before, rest] = [SHIPPED.slice(0, start), SHIPPED.slice(start)];
    const lines = before
      .replaceAll(/^# (?=\[|\w+ = )/gm, '')
      .split('\n')
      .filter((line) => /^(\[|\w+ = )/.test(line));
    const [, ...sections] = lines.join('\n').split(/^(?=\[\[?source)/m);
    const kindsIn = (text: string): readonly string[] =>
      parseConfig(`${text}\n${rest}`, FILE).sources.map(({ kind }) => kind);
    const single = sections.filter((section) => section.startsWith('[source]'));
    const several = sections.filter((section) => section.startsWith('[[source]]'));
    expect(single.flatMap(kindsIn)).toEqual(['gitea', 'github', 'static', 'dir']);
    expect(kindsIn(several.join(''))).toEqual(['dir', 'static']);
  });

  it('shows every other key that there is', () => {
    const others = [
      'product',
      'timer',
      'path',
      'url',
      'token_file',
      'version_field',
      'copy',
      'config',
    ];
    for (const key of [...others, ...COMMANDS, ...NETWORK]) {
      expect(SHIPPED).toMatch(new RegExp(`^# .*\\b${key}\\b`, 'm'));
    }
  });
});

/** The judgement on what a program said of its configuration. */
import { describe, expect, it } from 'vitest';
import { judgeConfig } from '../../../src/cli/doctor/config.ts';

const asked = { file: '/etc/pikit/updater.toml', command: 'pikit-agent --check-config' };

describe('judgeConfig', () => {
  it.each([
    [0, '', 'ok', '/etc/pikit/updater.toml is good'],
    [78, 'pikit-agent: /etc/x: chanel: unknown key\n', 'bad', '/etc/x: chanel: unknown key'],
    [78, 'pikit-agent: /etc/x is not there -> put one there\n', 'bad', '/etc/x is not there'],
    [undefined, '', 'bad', '/etc/pikit/updater.toml could not be checked'],
    [1, 'Error: a bug\n    at somewhere\n', 'bad', 'Error: a bug'],
  ])('exit %s with %j is %s', (code, complaint, level, found) => {
    expect(judgeConfig({ ...asked, code, complaint })).toMatchObject({ level, found });
  });
});

/** The guard's units and its script against what the agent expects of them: names of files, what it may write, when it looks. */
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as layout from '../../packages/agent/src/core/layout.ts';
import { readDeployFile, readUnit } from './unit-file.ts';

describe('the guard', () => {
  const service = readUnit('pikit-guard.service');

  it('looks every few seconds, also after a boot, and only where there is something to guard', () => {
    const timer = readUnit('pikit-guard.timer');
    expect(timer.values('Unit', 'ConditionPathExists')).toEqual(
      Object.values(layout.GUARD_FILES).map((path) => `|${path}`),
    );
    expect(timer.value('Timer', 'OnUnitActiveSec')).toBe('10s');
    expect(timer.values('Install', 'WantedBy')).toEqual(['timers.target']);
  });

  it('runs the factory’s script, which may change the link and its own file', () => {
    expect(service.value('Service', 'ExecStart')).toBe('/usr/lib/pikit/guard');
    const written = service.values('Service', 'ReadWritePaths');
    for (const path of [layout.CURRENT, ...Object.values(layout.GUARD_FILES)])
      expect(written).toContain(dirname(path));
    expect(service.value('Service', 'CapabilityBoundingSet')).toBe('');
  });

  it('keeps what it has counted from look to look, until the device boots', () => {
    expect(service.value('Service', 'RuntimeDirectory')).toBe('pikit-guard');
    expect(service.value('Service', 'RuntimeDirectoryPreserve')).toBe('yes');
    expect(readDeployFile('guard')).toContain('/run/pikit-guard/');
  });

  it('names the files of the agent', () => {
    const names = Object.values(layout.GUARD_FILES).map((path) => path.replace(/.*\//, ''));
    for (const name of names) expect(readDeployFile('guard')).toContain(`#   ${name} `);
  });
});

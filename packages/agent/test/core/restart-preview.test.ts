/** The units that a person is told of before, which are those that hear of it afterwards. */
import { describe, expect, it } from 'vitest';
import { unitsToRestart } from '../../src/core/restart-preview.ts';
import type { TreeRecord } from '../../src/core/tree-record.ts';
import { aFile, aManifest, aSha256 } from '../support/a-manifest.ts';
import { API, aPolicy, WEB } from '../support/workbench.ts';

const NGINX = 'nginx.service';
const policy = aPolicy({});
const rules = [...policy.services, { unit: NGINX, action: 'reload', after: [] } as const];

const BEFORE: TreeRecord = {
  format: 1,
  version: 'preexisting',
  files: [
    { path: 'pikit-web/index.html', sha256: aSha256(), mode: 0o644, size: 1 },
    { path: 'pikit-api.py', sha256: aSha256(), mode: 0o755, size: 1 },
  ],
};

const units = (
  page: string,
  api: string,
  more: Parameters<typeof aManifest>[0] = {},
  before: TreeRecord | undefined = BEFORE,
) => {
  const files = [
    aFile('pikit-web/index.html', { sha256: aSha256(page) }),
    aFile('pikit-api.py', { sha256: aSha256(api) }),
  ];
  return unitsToRestart({ ...policy, services: rules }, before, aManifest({ files, ...more }));
};

describe('unitsToRestart', () => {
  it.each([
    ['nobody, where nothing changes', units('a', 'a'), []],
    ['whose target changes', units('b', 'a'), [WEB]],
    ['all whose targets change, in the order of the config', units('b', 'b'), [WEB, API]],
    ['whom the release asks for', units('a', 'a', { post_install: ['reload nginx'] }), [NGINX]],
    ['nobody whom it may not ask for', units('a', 'a', { post_install: ['restart sshd'] }), []],
    ['nobody for a command', units('a', 'a', { post_install: ['bin/migrate now'] }), []],
  ])('names %s', (_what, named, expected) => {
    expect(named).toEqual(expected);
  });

  it('counts everything as changed where nothing of ours runs', () => {
    const files = [aFile('pikit-web/index.html')];
    expect(unitsToRestart(policy, undefined, aManifest({ files }))).toEqual([WEB]);
  });
});

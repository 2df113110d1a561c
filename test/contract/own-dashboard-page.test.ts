/** docs/own-dashboard.md: what its two files say is taken by the programs that read them, and fits together. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseReleaseConfig } from '../../deploy/release/src/pack/release-config.ts';
import { parseConfig } from '../../packages/agent/src/config.ts';
import { serviceActionsOf } from '../../packages/agent/src/core/post-install.ts';
import { blocksOf } from '../support/page-blocks.ts';
import { repositoryRoot } from '../support/repository-root.ts';

const PAGE = readFileSync(join(repositoryRoot(), 'docs/own-dashboard.md'), 'utf8');

/** The block whose first line names this file. */
function fileOf(name: string): string {
  const block = blocksOf(PAGE).find(({ text }) => text.startsWith(`# ${name}\n`));
  return block?.text ?? expect.fail(`${name} is not there`);
}

const release = parseReleaseConfig(fileOf('pikit-release.toml'), 'pikit-release.toml');
const { policy } = parseConfig(fileOf('/etc/pikit/updater.toml'), 'updater.toml');

describe('docs/own-dashboard.md', () => {
  it('puts everything that the release brings somewhere, under the same product', () => {
    expect(policy.product).toBe(release.product);
    const taken = policy.targets.map(({ from }) => from);
    expect(release.entry.map(({ to }) => to).filter((to) => !taken.includes(to))).toEqual([]);
  });

  it('asks for no service that the device does not allow', () => {
    const units = policy.services.map(({ unit }) => unit);
    expect(serviceActionsOf(release.post_install ?? [], units)).toHaveLength(1);
  });

  it('has a line for the target that the unit of the agent does not let it write to', () => {
    const shut = policy.targets.filter(
      ({ to }) => !/^\/(?:var\/www|usr\/local\/(?:bin|lib))\//.test(to),
    );
    const lines = blocksOf(PAGE).filter(({ language }) => language === 'ini');
    for (const { to } of shut) {
      expect(lines.map(({ text }) => text).join()).toContain(
        `ReadWritePaths=${to.replace(/\/[^/]+$/, '')}`,
      );
    }
    expect(shut).toHaveLength(1);
  });
});

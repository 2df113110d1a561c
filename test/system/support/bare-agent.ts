/** The agent of this checkout on a directory instead of a device: no service, no probe, no sandbox. What a device adds is compared with it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { TransactionResultSchema, type TransactionResult } from '@pikit/protocol';
import type { ReleaseFiles } from '../../support/bundle-builder.ts';
import { repositoryRoot } from '../../support/repository-root.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { layConfig, publish } from './updater-device.ts';

const AGENT = join(repositoryRoot(), 'packages/agent/dist/pikit-agent.mjs');

export interface BareAgent {
  readonly install: (version: string, files: ReleaseFiles) => Promise<TransactionResult>;
  readonly remove: () => Promise<void>;
}

/** `place`: of the same filesystem as the device. */
export async function createBareAgent(place: string): Promise<BareAgent> {
  const home = await makeTempDir(place);
  await layConfig({ root: home.path }, '');
  return {
    async install(version, files) {
      const { manifestSha256 } = await publish(
        { root: home.path },
        { version, files, postInstall: [] },
      );
      const wanted = JSON.stringify({ version, manifestSha256 });
      const words = [AGENT, '--root', home.path, '--run', 'update.apply', wanted];
      const { stdout } = await promisify(execFile)(process.execPath, words);
      return v.parse(TransactionResultSchema, JSON.parse(stdout));
    },
    remove: () => home.remove(),
  };
}

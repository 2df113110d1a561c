/**
 * The sandbox of `npm start` with the settings of the whole device: the same services, started by a `systemctl` that answers at
 * once, and the same look at the page, which a server of this process shows. What a real device adds is compared with it.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TransactionResult } from '@pikit/protocol';
import { startFrontServer } from '../../demo/front-server.ts';
import { createApiClient } from '../../support/api-client.ts';
import type { ReleaseFiles } from '../../support/bundle-builder.ts';
import { startStack } from '../../support/start-stack.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { layConfig, publish, put, RELEASES } from './updater-device.ts';
import { CONFIG, PAGE_URL, WEB } from './whole-device.ts';

export interface SandboxTwin {
  readonly install: (version: string, files: ReleaseFiles) => Promise<TransactionResult>;
  readonly remove: () => Promise<void>;
}

/** `place`: of the same filesystem as the device. */
export async function createSandboxTwin(place: string): Promise<SandboxTwin> {
  const home = await makeTempDir(place);
  const root = home.path;
  const here = { root };
  await mkdir(join(root, RELEASES), { recursive: true });
  const stack = await startStack({ root, source: { kind: 'dir', path: RELEASES } });
  const directory = join(root, WEB);
  const front = await startFrontServer({ directory, apiUrl: () => stack.apiUrl(), port: 0 });
  await stack.stopAgent();
  await layConfig(here, CONFIG.replace(PAGE_URL, `${front.url}/`));
  for (const [, unit = ''] of CONFIG.matchAll(/unit = "(.*)"/g)) {
    await put({ root: stack.device.systemd }, `/units/${unit}`, 'active\n');
  }
  await put({ root: stack.device.systemd }, '/units/pikit-guard.timer', 'inactive\n');
  await stack.startAgent();
  const client = createApiClient(stack.apiUrl());
  await client.signIn(stack.password);
  return {
    async install(version, files) {
      const { manifestSha256 } = await publish(here, { version, files, postInstall: [] });
      return client.carryOut('/api/update/apply', { version, manifestSha256 });
    },
    async remove() {
      await front.close();
      await stack.stop();
      await home.remove();
    },
  };
}

/** A device with an old dashboard, a release server and the two real processes, for one integration test. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { hashPassword } from '../../packages/api/src/auth/password.ts';
import { createApiClient, type ApiClient } from '../support/api-client.ts';
import { buildRelease, type BuiltRelease, type ReleaseRecipe } from '../support/bundle-builder.ts';
import { startReleaseServer, type ReleaseServer } from '../support/release-server.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { startStack, type Stack, type StackOptions } from '../support/start-stack.ts';
import { makeTempDir } from '../support/temp-dir.ts';

export interface Scene {
  readonly root: string;
  readonly server: ReleaseServer;
  readonly stack: Stack;
  /** Signed in. */
  readonly client: ApiClient;
  readonly publish: (recipe: ReleaseRecipe) => Promise<BuiltRelease>;
  /** What a program on the device reads there; undefined when there is nothing. */
  readonly see: (path: string) => Promise<string | undefined>;
  readonly close: () => Promise<void>;
}

const PASSWORD = 'a password of the tests';

export async function openScene(recipe: Partial<StackOptions> = {}): Promise<Scene> {
  const dir = await makeTempDir();
  const root = join(dir.path, 'root');
  const server = await startReleaseServer();
  const close = async (): Promise<void> => {
    await server.close();
    await dir.remove();
  };
  try {
    await layPassword(root);
    const stack = await startStack({
      root,
      password: PASSWORD,
      source: { kind: 'gitea', url: server.url, repository: server.repository },
      installed: {
        version: '1.0.0',
        files: { 'pikit-web/index.html': 'old page', 'pikit-api.py': 'old api' },
      },
      ...recipe,
    });
    const client = createApiClient(stack.apiUrl());
    await client.signIn(stack.password);
    return {
      root,
      server,
      stack,
      client,
      publish: async (release) => {
        const built = await buildRelease(release, join(dir.path, 'releases'));
        server.publish(built);
        return built;
      },
      see: async (path) =>
        existsSync(join(root, path)) ? readFile(join(root, path), 'utf8') : undefined,
      close: async () => {
        await stack.stop();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** As cheap as scrypt gets: what it costs to guess one is the business of the api's own tests. */
async function layPassword(root: string): Promise<void> {
  const file = join(root, 'etc/pikit/api-password');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await hashPassword(PASSWORD, { ln: 1, r: 1, p: 1 }), { mode: 0o640 });
}

export function aPage(version: string): ReleaseRecipe {
  const files = { 'pikit-web/index.html': `page ${version}`, 'pikit-api.py': `api ${version}` };
  return { version, files };
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of the built programs to its end, with the fake systemctl of the scene's device on the PATH. */
export async function runProgram(
  name: 'agent/dist/pikit-agent.mjs' | 'agent/dist/pikit-rpc.mjs' | 'api/dist/pikit-api.mjs',
  args: readonly string[],
  systemd = '',
): Promise<Ended> {
  const checkout = repositoryRoot();
  const PATH = `${join(checkout, 'test/support/bin')}:${process.env['PATH'] ?? ''}`;
  const env = { ...process.env, PATH, PIKIT_FAKE_SYSTEMD: systemd };
  const program = join(checkout, 'packages', name);
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, ...args], {
      env,
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as Partial<Ended>;
    if (typeof code !== 'number') throw error;
    return { code, stdout: stdout ?? '', stderr: stderr ?? '' };
  }
}

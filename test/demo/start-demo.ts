/** Puts the demo together: release server, front server, agent and api on a sandboxed device. Used by `npm start` and its check. */
import { writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startReleaseServer, type ReleaseServer } from '../support/release-server.ts';
import { startStack, type Stack } from '../support/start-stack.ts';
import type { Closers } from './closers.ts';
import { startFrontServer } from './front-server.ts';
import { createMaintainer, type Maintainer } from './maintainer.ts';
import { onNextFreePort } from './next-free-port.ts';
import { SAMPLES, sampleFiles, type SampleVersion } from './sample-dashboard.ts';
import { enterSandbox } from './sandbox.ts';

export interface Demo {
  /** Of the dashboard, without a slash at the end. */
  readonly url: string;
  readonly password: string;
  readonly stack: Stack;
  readonly releaseServer: ReleaseServer;
  readonly maintainer: Maintainer;
  /** Makes the broken 1.2.0 appear on the release server; idempotent. */
  publishBadRelease(): Promise<void>;
}

interface Needs {
  readonly sandbox: string;
  readonly reset: boolean;
  /** The wanted port of the dashboard; the next free one is taken. */
  readonly port: number;
  readonly closers: Closers;
  readonly onUnexpectedEnd: (which: 'agent' | 'api', words: string) => void;
}

/** Everything that was started is in `closers`, also when this rejects. */
export async function startDemo(needs: Needs): Promise<Demo> {
  const { closers } = needs;
  const sandbox = await enterSandbox(needs.sandbox, needs);
  await closers.add(() => sandbox.leave());

  const releaseServer = await onNextFreePort(sandbox.releasePort, (port) =>
    startReleaseServer({ port }),
  );
  await closers.add(() => releaseServer.close());
  await writeFile(join(needs.sandbox, 'release-port.txt'), `${new URL(releaseServer.url).port}\n`);
  const maintainer = await createMaintainer({ home: sandbox.maintainer, ...sandbox });
  const published: SampleVersion[] = ['1.0.0', '1.1.0'];
  if (existsSync(join(sandbox.releases, '1.2.0'))) published.push('1.2.0');
  await publish(published, maintainer, releaseServer);

  let stack: Stack | undefined;
  const front = await onNextFreePort(needs.port, (port) =>
    startFrontServer({
      directory: join(sandbox.root, 'var/www/pikit-web'),
      apiUrl: () => stack?.apiUrl(),
      port,
    }),
  );
  await closers.add(() => front.close());
  stack = await startStack({
    root: sandbox.root,
    source: { kind: 'gitea', url: releaseServer.url, repository: releaseServer.repository },
    installed: { version: '1.0.0', files: await sampleFiles('1.0.0') },
    keys: { demo: maintainer.publicKey },
    probes: [{ url: `${front.url}/`, assets: true }],
    password: sandbox.password,
    onUnexpectedEnd: needs.onUnexpectedEnd,
  });
  const started = stack;
  await closers.add(() => started.stop());
  return {
    url: front.url,
    password: sandbox.password,
    stack: started,
    releaseServer,
    maintainer,
    publishBadRelease: () => publish(['1.2.0'], maintainer, releaseServer),
  };
}

/** In this order, but packed side by side: nobody likes to wait for a demo. */
async function publish(
  versions: readonly SampleVersion[],
  maintainer: Maintainer,
  server: ReleaseServer,
): Promise<void> {
  const page = `${server.url}/${server.repository}/releases/tag`;
  const releases = versions.map(async (version) => ({
    ...(await maintainer.release(version, `${page}/v${version}`)),
    notes: SAMPLES[version].notes,
  }));
  for (const release of await Promise.all(releases)) server.publish(release);
}

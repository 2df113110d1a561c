/** The bundled agent alone, as a process on a sandboxed device, and what the kernel says of its memory. */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startChild, type Child } from '../../support/child.ts';
import { repositoryRoot } from '../../support/repository-root.ts';
import { layDownDevice, type Device, type DeviceRecipe } from '../../support/sandbox-root.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { waitFor } from '../../support/wait-for.ts';

const AGENT = 'packages/agent/dist/pikit-agent.mjs';

export interface AgentProcess {
  readonly device: Device;
  readonly child: Child;
  /** Resident now, and the most that it ever was, in bytes. */
  memory(): Promise<{ readonly now: number; readonly highest: number }>;
  close(): Promise<void>;
}

interface Options {
  readonly recipe?: Partial<DeviceRecipe>;
  readonly env?: NodeJS.ProcessEnv;
}

export async function startAgentProcess({ recipe, env }: Options = {}): Promise<AgentProcess> {
  const checkout = repositoryRoot();
  const directory = await makeTempDir();
  const root = join(directory.path, 'root');
  const source = { kind: 'dir', path: '/media/releases' } as const;
  const device = await layDownDevice({ root, source, ...recipe }, 0);
  await mkdir(join(root, 'media/releases'), { recursive: true });
  const child = startChild({
    name: 'agent',
    args: [join(checkout, AGENT), '--root', root],
    env: {
      ...process.env,
      PATH: `${join(checkout, 'test/support/bin')}:${process.env['PATH'] ?? ''}`,
      PIKIT_FAKE_SYSTEMD: device.systemd,
      ...env,
    },
  });
  await waitFor('the sockets', () => existsSync(device.apiSocket) || child.ended() !== undefined);
  return {
    device,
    child,
    memory: async () => {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      const kilobytes = (field: string) =>
        Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
      return { now: kilobytes('VmRSS'), highest: kilobytes('VmHWM') };
    },
    close: async () => {
      await child.stop();
      await directory.remove();
    },
  };
}

/** The bundled agent laid down on a machine as deploy/README.md does it, and releases for it. */
import { chmod, copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import { TransactionResultSchema, type TransactionResult } from '@pikit/protocol';
import packageJson from '../../../package.json' with { type: 'json' };
import { createDisk } from '../../../packages/agent/src/adapters/disk-posix.ts';
import { laySignedUpdate } from '../../../packages/agent/test/support/signed-journal.ts';
import { buildRelease, type ReleaseFiles } from '../../support/bundle-builder.ts';
import type { MinisignKey } from '../../support/minisign-key.ts';
import { repositoryRoot } from '../../support/repository-root.ts';
import type { Ended, Machine } from './machine.ts';

const LIB = '/usr/lib/pikit';
export const RELEASES = '/media/releases';

/** A machine, or a directory that stands for one. */
type Place = Pick<Machine, 'root'>;

/** Lays a file down, with its directory. */
export async function put(machine: Place, path: string, content: string, mode = 0o644) {
  const file = join(machine.root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  await chmod(file, mode);
}

/** `config` as in `layConfig`. */
export async function layAgent(machine: Machine, config: string): Promise<void> {
  const lib = join(machine.root, LIB);
  await mkdir(lib, { recursive: true });
  const agent = 'packages/agent/dist/pikit-agent.mjs';
  for (const path of [agent, 'deploy/start', 'deploy/guard']) {
    await copyFile(join(repositoryRoot(), path), join(lib, basename(path)));
  }
  await put(machine, `${LIB}/version`, `${packageJson.version}\n`);
  await layConfig(machine, config);
}

/** `config` comes after source and targets. */
export async function layConfig(machine: Place, config: string): Promise<void> {
  await put(
    machine,
    '/etc/pikit/updater.toml',
    `[source]\nkind = "dir"\npath = "${RELEASES}"\n` +
      '[[target]]\nfrom = "pikit-web/"\nto = "/var/www/pikit-web"\nkind = "directory"\n' +
      config,
  );
}

/** The units that ship, not yet started. */
export async function layUnits(machine: Machine): Promise<void> {
  const { root, must } = machine;
  const places = {
    systemd: 'systemd/system',
    'sysusers.d': 'sysusers.d',
    'tmpfiles.d': 'tmpfiles.d',
  };
  for (const [from, to] of Object.entries(places)) {
    await cp(join(repositoryRoot(), 'deploy', from), join(root, 'etc', to), { recursive: true });
  }
  await must('systemd-sysusers', 'pikit.conf');
  await must('systemd-tmpfiles', '--create', 'pikit.conf');
  await must('systemctl', 'daemon-reload');
}

interface Wanted {
  readonly version: string;
  readonly files: ReleaseFiles;
  readonly postInstall: readonly string[];
  readonly signer?: MinisignKey;
}

/** Puts a release where the agent looks for one. */
export async function publish(
  { root }: Place,
  { version, files, postInstall, signer }: Wanted,
): Promise<{ readonly version: string; readonly manifestSha256: string }> {
  const recipe = { version, files, manifest: { post_install: postInstall } };
  return buildRelease({ ...recipe, ...(signer && { signer }) }, join(root, RELEASES));
}

export async function runAgent(machine: Machine, ...args: readonly string[]): Promise<Ended> {
  return machine.run(`${LIB}/start`, 'agent', ...args);
}

let transactions = 0;

/** A signed release is published and the update to it begun; whoever recovers now carries it to its end. */
export async function beginSigned(machine: Machine, wanted: Wanted): Promise<void> {
  const { version } = wanted;
  await publish(machine, wanted);
  const manifest = await readFile(join(machine.root, RELEASES, version, 'manifest.json'));
  transactions += 1;
  const id = `20260102T042000Z-${transactions.toString(16).padStart(6, '0')}`;
  await laySignedUpdate(createDisk({ root: machine.root }), { version, manifest, id });
}

/** Until its end, by the agent on the machine. */
export async function updateTo(machine: Machine, wanted: Wanted): Promise<TransactionResult> {
  await beginSigned(machine, wanted);
  return recover(machine);
}

export async function recover(machine: Machine): Promise<TransactionResult> {
  const { stdout, stderr } = await runAgent(machine, '--recover');
  const parsed = v.safeParse(TransactionResultSchema, JSON.parse(stdout || '{}'));
  if (parsed.success) return parsed.output;
  throw new Error(`the agent did not say how it ended: ${stdout}${stderr}`);
}

/** Starts what `recover` does and leaves it running. */
export const startRecovery = (machine: Machine) =>
  machine.start(`${LIB}/start`, 'agent', '--recover');

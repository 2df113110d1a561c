/**
 * install.sh and uninstall.sh on a booted Debian 13, as on a device without our package: what runs afterwards, what a second
 * run keeps, what is left in the end; and on a Debian 12, whose Node is too old, that nothing was touched.
 */
import { execFile } from 'node:child_process';
import { appendFile, cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';
import { reasonAgainstBooting, type Debian } from './support/debian-root.ts';
import { createMachine, type Machine } from './support/machine.ts';
import {
  CONFIG,
  DEVICE,
  EDITED,
  expectForgottenSnippetToDoNoHarm,
  expectRunning,
  layDashboard,
  look,
  make,
  nameSnippet,
  page,
  PAGE,
  see,
  status,
  updateDashboard,
} from './support/product.ts';
import { put } from './support/updater-device.ts';

const reason = reasonAgainstBooting();
const NOTE = reason === undefined ? '' : ` (skipped: ${reason})`;

const OLD_NODE: Debian = { suite: 'bookworm', packages: ['nodejs'] };
const UNINSTALL = '/usr/lib/pikit/uninstall.sh';
const API_CONFIG = '/etc/pikit/api.toml';
const ADDED = '# new in this version\n';

let temp: TempDir;
let bundle: string;

beforeAll(async () => {
  if (reason !== undefined) return;
  temp = await makeTempDir('/var/tmp');
  const made = (await make('release', temp.path)) as { readonly bundle: string };
  bundle = made.bundle;
});
afterAll(async () => {
  await temp.remove();
});

/** Unpacks the release on the machine, below root's home. */
async function unpack(machine: Machine, name: string): Promise<string> {
  const place = join(machine.root, 'root', name);
  await mkdir(place, { recursive: true });
  await promisify(execFile)('tar', ['-xzf', bundle, '-C', place]);
  return `/root/${name}`;
}

describe.skipIf(reason !== undefined)(`the install script${NOTE}`, () => {
  let machine: Machine;
  let before: readonly string[];
  let release: string;
  beforeAll(async () => {
    machine = await createMachine(DEVICE);
    release = await unpack(machine, 'release');
    await layDashboard(machine);
    await machine.boot();
    before = look(machine);
  });
  afterAll(() => machine.remove());

  it('changes nothing where a unit of another program has the name of one of ours', async () => {
    const unit = '/etc/systemd/system/pikit-api.service';
    await put(machine, unit, '[Unit]\nDescription=The dashboard\n');
    const { code, stderr } = await machine.run('sh', `${release}/install.sh`);
    await rm(join(machine.root, unit));
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `install.sh: ${unit} is of another program and has the name of a unit of ours: rename it first\n`,
    });
    expect(look(machine)).toEqual(before);
  });

  it('starts what it has installed, from the bundle itself', async () => {
    await cp(bundle, join(machine.root, 'root/pikit.tar.gz'));
    await machine.must('sh', `${release}/install.sh`, '/root/pikit.tar.gz');
    await expectRunning(machine);
    expect(await status(machine)).toMatchObject({ current: null });
  });

  it('has an updater that updates a dashboard', async () => {
    await put(machine, CONFIG, EDITED);
    await machine.run('systemctl', 'stop', 'pikit-agent.service');
    await updateDashboard(machine, '1.1.0');
    expect(await page(machine)).toBe('page 1.1.0');
  });

  it('changes nothing when it is run again', async () => {
    const laidDown = () => look(machine).filter((path) => !path.startsWith('/var/'));
    const once = laidDown();
    await machine.must('sh', `${release}/install.sh`);
    expect(laidDown()).toEqual(once);
    await expectRunning(machine);
  });

  it('upgrades, and keeps settings, state and the owner’s choices', async () => {
    const next = await unpack(machine, 'next');
    for (const name of ['updater.toml', 'api.toml']) {
      await appendFile(join(machine.root, next, 'config', name), ADDED);
    }
    await rm(join(machine.root, next, 'doc/sbom.cdx.json'));
    await machine.must('systemctl', '--quiet', 'disable', '--now', 'pikit-update.timer');
    const said = await machine.must('sh', `${next}/install.sh`);
    expect(said).toContain(`see ${CONFIG}.pikit-new`);
    expect(see(machine, CONFIG)).toBe(EDITED);
    expect(see(machine, `${CONFIG}.pikit-new`)).toContain(ADDED);
    expect(see(machine, API_CONFIG)).toContain(ADDED);
    expect(look(machine)).not.toContain('/usr/share/doc/pikit/sbom.cdx.json');
    expect(await status(machine)).toMatchObject({ current: '1.1.0' });
    const { stdout } = await machine.run('systemctl', 'is-active', 'pikit-update.timer');
    expect(stdout).toBe('inactive\n');
    await machine.must('systemctl', '--quiet', 'enable', '--now', 'pikit-update.timer');
    await expectRunning(machine);
  });

  it('takes nothing away when the dashboard cannot be left as plain files', async () => {
    await put(machine, CONFIG, 'no settings');
    const { code, stderr } = await machine.run('sh', UNINSTALL);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('could not be left as plain files') as unknown,
    });
    await put(machine, CONFIG, EDITED);
    await expectRunning(machine);
  });

  it('is undone with settings and state kept, and the dashboard in plain files', async () => {
    await machine.must('sh', UNINSTALL);
    expect(await machine.must('stat', '-c', '%F', PAGE, `${PAGE}/index.html`)).toBe(
      'directory\nregular file',
    );
    await machine.must('systemctl', 'restart', 'nginx');
    expect(await page(machine)).toBe('page 1.1.0');
    expect(see(machine, CONFIG)).toBe(EDITED);
    // The directory of the drop-in with the owner's time of day is a setting, too.
    const left = look(machine).filter((path) => /^\/(?:usr|etc\/systemd)\/.*pikit/.test(path));
    expect(left.filter((path) => !path.endsWith('.timer.d'))).toEqual([]);
  });

  it('leaves nothing but the dashboard in the end', async () => {
    await machine.must('sh', `${release}/install.sh`);
    await expectRunning(machine);
    await nameSnippet(machine);
    await machine.must('sh', UNINSTALL, '--purge');
    await expectForgottenSnippetToDoNoHarm(machine);
    expect(await page(machine)).toBe('page 1.1.0');
    expect(look(machine)).toEqual(before);
  });
});

describe.skipIf(reason !== undefined)(`the install script with an old Node${NOTE}`, () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await createMachine(OLD_NODE);
    await machine.boot();
  });
  afterAll(() => machine.remove());

  it('says what is missing, and changes nothing', async () => {
    const release = await unpack(machine, 'release');
    const before = look(machine);
    const { code, stdout, stderr } = await machine.run('sh', `${release}/install.sh`);
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^install\.sh: Node 20\.19 or newer is needed as \/usr\/bin\/node, and this is v18\./,
      ) as unknown,
    });
    expect(look(machine)).toEqual(before);
  });
});

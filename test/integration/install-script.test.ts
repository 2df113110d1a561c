/**
 * install.sh and uninstall.sh into a directory, run half, run twice and by a shell with habits of its own: a release of a few small
 * files, and a stand-in for systemd that writes down what it is told. Booted devices are for `npm run test:system`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/repository-root.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

const DEPLOY = join(repositoryRoot(), 'deploy');
const FILES = [
  'lib/pikit-agent.mjs',
  'lib/version',
  'ui/index.html',
  'doc/README.md',
  'nginx/rescue/index.html',
];
const UNITS = ['pikit-agent.socket', 'pikit-api.service', 'pikit-guard.service'];
/** Those that are enabled. */
const WANTED = ['pikit-agent.socket', 'pikit-api.service'];
const SYSTEMCTL = `#!/bin/sh
echo "$*" >>"$CALLS"
directory=$PLACE/etc/systemd/system
for word in "$@"; do
  case $word in pikit-*) [ -e "$directory/$word" ] || { echo "$word not loaded" >&2; exit 5; } ;; esac
done
`;

let temp: TempDir;
const release = (path: string): string => join(temp.path, 'a release', path);
const device = (path: string): string => join(temp.path, 'a device', path);

beforeEach(async () => {
  temp = await makeTempDir();
  for (const path of FILES) await put(release(path), `${path}\n`);
  for (const path of ['lib/start', 'lib/guard', 'nginx/pikit.conf']) {
    await cp(join(DEPLOY, path.replace('lib/', '')), release(path));
  }
  for (const unit of UNITS) await copyHere(`systemd/${unit}`);
  for (const path of ['config', 'sysusers.d', 'tmpfiles.d', 'install.sh', 'uninstall.sh'])
    await copyHere(path);
  await mkdir(device(''));
  await program('systemctl', SYSTEMCTL);
  // Of the whole machine: it takes its time.
  await program('sync', '#!/bin/sh\n');
});
afterEach(() => temp.remove());

const copyHere = (path: string): Promise<void> =>
  cp(join(DEPLOY, path), release(path), { recursive: true });

async function put(file: string, content: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

/** One that is found before the system's. */
async function program(name: string, text: string): Promise<void> {
  await put(join(temp.path, 'bin', name), text);
  await chmod(join(temp.path, 'bin', name), 0o755);
}

function runAs(script: string, args: readonly string[] = [], shell = '') {
  const words = ['-c', `${shell} exec sh "$@"`, 'sh', script, '--root', device(''), ...args];
  const env = {
    PATH: `${join(temp.path, 'bin')}:/usr/bin:/bin`,
    CALLS: join(temp.path, 'calls'),
    PLACE: device(''),
    TMPDIR: temp.path,
  };
  return spawnSync('sh', words, { cwd: temp.path, env, encoding: 'utf8' });
}

function run(script: string, args: readonly string[] = [], shell = '') {
  const { status, stderr } = runAs(script, args, shell);
  return { status, stderr };
}

/** What systemd was told to enable since this was asked last. */
async function enabled(): Promise<readonly string[]> {
  const calls = join(temp.path, 'calls');
  const lines = existsSync(calls) ? (await readFile(calls, 'utf8')).split('\n') : [];
  await rm(calls, { force: true });
  return lines.flatMap((line) => / enable (.*)$/.exec(line)?.[1] ?? []);
}

const modeOf = async (path: string): Promise<string> =>
  ((await stat(device(path))).mode & 0o7777).toString(8);

const WELL = { status: 0, stderr: '' };

describe('install.sh', () => {
  it('enables what is new, and leaves alone what the owner has disabled since', async () => {
    expect(run(release('install.sh'))).toEqual(WELL);
    expect(await enabled()).toEqual(WANTED);
    expect(run(release('install.sh'))).toEqual(WELL);
    expect(await enabled()).toEqual([]);
    await copyHere('systemd/pikit-update.timer');
    expect(run(release('install.sh'))).toEqual(WELL);
    expect(await enabled()).toEqual(['pikit-update.timer']);
  });

  it.each(['sync', 'ln', 'cmp'])(
    'enables all the same after a run that ended at %s',
    async (last) => {
      expect(run(release('install.sh')).status).toBe(0);
      await rm(device('etc/systemd'), { recursive: true });
      await enabled();
      await program(last, '#!/bin/sh\nkill -KILL "$PPID"\n');
      expect(run(release('install.sh')).status).not.toBe(0);
      await program(last, `#!/bin/sh\nexec /usr/bin/${last} "$@"\n`);
      expect(run(release('install.sh'))).toEqual(WELL);
      expect(await enabled()).toEqual(WANTED);
    },
  );

  it('takes one bundle and no more', () => {
    const { status, stderr } = run(release('install.sh'), ['one.tar.gz', 'two.tar.gz']);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'install.sh: two.tar.gz is too much; see --help\n',
    });
  });

  it('lays down what others can read, whatever the umask', async () => {
    expect(run(release('install.sh'), [], 'umask 077;')).toEqual(WELL);
    for (const path of ['usr/share/pikit', 'usr/share/pikit/ui', 'etc/pikit', 'usr/lib/pikit'])
      expect([path, await modeOf(path)]).toEqual([path, '755']);
    expect(await modeOf('etc/pikit/api.toml')).toBe('644');
  });

  it('brings new settings with the mode that the owner gave to the old ones', async () => {
    run(release('install.sh'));
    await chmod(device('etc/pikit/api.toml'), 0o600);
    await put(release('config/api.toml'), '# another\n');
    expect(run(release('install.sh'))).toEqual(WELL);
    expect(await readFile(device('etc/pikit/api.toml'), 'utf8')).toBe('# another\n');
    expect(await modeOf('etc/pikit/api.toml')).toBe('600');
  });

  it('brings no settings back that the owner has deleted, and says how to have them', async () => {
    run(release('install.sh'));
    await rm(device('etc/nginx/snippets/pikit.conf'));
    await rm(device('etc/pikit/api.toml'));
    await put(release('config/api.toml'), '# another\n');
    const { status, stdout } = runAs(release('install.sh'));
    expect(status).toBe(0);
    expect(existsSync(device('etc/nginx/snippets/pikit.conf'))).toBe(false);
    expect(existsSync(device('etc/pikit/api.toml'))).toBe(false);
    const shipped = device('usr/share/pikit/shipped/api.toml');
    expect(stdout).toContain(`: cp ${shipped} ${device('etc/pikit/api.toml')}\n`);
    expect(await readFile(shipped, 'utf8')).toBe('# another\n');
    run(release('uninstall.sh'));
    expect(run(release('install.sh'))).toEqual(WELL);
    expect(existsSync(device('etc/pikit/api.toml'))).toBe(true);
  });

  it('finds itself also where the shell looks for directories elsewhere first', () => {
    expect(run('a release/install.sh', [], `CDPATH=${temp.path}; export CDPATH;`)).toEqual(WELL);
  });

  it('leaves no unpacked bundle when it is ended', async () => {
    await put(join(temp.path, 'bundle'), '');
    await program('tar', '#!/bin/sh\nkill -TERM "$PPID"\n');
    expect(run(release('install.sh'), [join(temp.path, 'bundle')]).status).not.toBe(0);
    expect((await readdir(temp.path)).filter((name) => name.startsWith('tmp.'))).toEqual([]);
  });
});

describe('uninstall.sh', () => {
  it.each(['systemd', 'systemd/system/pikit-api.service'])(
    'goes on where a run before has taken away etc/%s',
    async (gone) => {
      run(release('install.sh'));
      await rm(device(`etc/${gone}`), { recursive: true });
      expect(run(release('uninstall.sh'))).toEqual(WELL);
      expect(existsSync(device('usr/lib/pikit'))).toBe(false);
    },
  );
});

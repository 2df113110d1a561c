/**
 * Makes a fresh clone ready for `npm start` (`demo`), `npm test` (`test`), `npm run bench` (`bench`), `npm run release`
 * (`release`) or `npm run deb` (`deb`): Node's version, dependencies, build and, for tests and bench, the programs that they need from the system. Runs
 * before anything is installed, so it uses nothing but Node, and does only what is due.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OUTPUTS, SOURCES } from './outputs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const purpose = process.argv[2];

/** What is started besides Node: any one of `programs`, what Debian has it in, and what is skipped without it. */
const NEEDED_BY_DEB = [
  { programs: ['dh'], packages: ['debhelper'], tests: 'the Debian package' },
  { programs: ['dpkg-buildpackage'], packages: ['dpkg-dev'], tests: 'the Debian package' },
];

const NEEDED_BY_CARD = [
  { programs: ['nbdkit'], packages: ['nbdkit'], tests: 'the SD card of the bench' },
  { programs: ['nbdfuse'], packages: ['libnbd-bin'], tests: 'the SD card of the bench' },
  { programs: ['fusermount3'], packages: ['fuse3'], tests: 'the SD card of the bench' },
];

const NEEDED_BY_TESTS = [
  ...NEEDED_BY_DEB,
  { programs: ['lintian'], packages: ['lintian'], tests: "Debian's check of the package" },
  { programs: ['shellcheck'], packages: ['shellcheck'], tests: 'the check of the shell scripts' },
  {
    programs: ['chromium', 'chromium-browser', 'google-chrome'],
    packages: ['chromium'],
    tests: 'the browser tests',
  },
  { programs: ['firefox-esr'], packages: ['firefox-esr'], tests: 'the pages in Firefox' },
  {
    programs: ['WebKitWebDriver'],
    packages: ['webkit2gtk-driver'],
    tests: 'the pages in the engine of Safari',
  },
  { programs: ['Xvfb'], packages: ['xvfb'], tests: 'the pages in the engine of Safari' },
  {
    programs: ['gcc'],
    packages: ['gcc', 'libc6-dev'],
    tests: 'kills and disk errors at every call',
  },
  { programs: ['losetup'], packages: ['util-linux', 'mount'], tests: 'power cuts' },
  { programs: ['mkfs.ext4'], packages: ['e2fsprogs'], tests: 'power cuts on ext4' },
  { programs: ['mkfs.xfs'], packages: ['xfsprogs'], tests: 'power cuts on xfs' },
  { programs: ['mkfs.btrfs'], packages: ['btrfs-progs'], tests: 'power cuts on btrfs' },
  { programs: ['minisign'], packages: ['minisign'], tests: 'signatures by another program' },
  { programs: ['mmdebstrap'], packages: ['mmdebstrap'], tests: 'a booted Debian' },
  { programs: ['systemd-nspawn'], packages: ['systemd-container'], tests: 'a booted Debian' },
  { programs: ['bsdtar'], packages: ['libarchive-tools'], tests: 'bundles that bsdtar made' },
  { programs: ['python3'], packages: ['python3'], tests: 'bundles that Python made' },
  { programs: ['curl'], packages: ['curl'], tests: 'a short run of the bench, and docs/api.md' },
  { programs: ['rsync'], packages: ['rsync'], tests: 'a short run of the bench' },
  { programs: ['wrk'], packages: ['wrk'], tests: 'throughput in a short run of the bench' },
  ...NEEDED_BY_CARD,
  { programs: ['slowhttptest'], packages: ['slowhttptest'], tests: 'slow clients of the api' },
  { programs: ['systemd-analyze'], packages: ['systemd'], tests: 'the check of the units' },
];

const NEEDED_BY_BENCH = [
  { programs: ['curl'], packages: ['curl'], tests: 'the script of the plan' },
  { programs: ['rsync'], packages: ['rsync'], tests: 'the script of the plan, and rsync' },
  { programs: ['wrk'], packages: ['wrk'], tests: 'throughput of the api' },
  { programs: ['chromium'], packages: ['chromium'], tests: 'a page with the element' },
  { programs: ['ostree'], packages: ['ostree'], tests: 'ostree' },
  { programs: ['casync'], packages: ['casync'], tests: 'casync' },
  { programs: ['losetup'], packages: ['util-linux', 'mount'], tests: 'bytes to the device' },
  { programs: ['mkfs.ext4'], packages: ['e2fsprogs'], tests: 'bytes to the device' },
  ...NEEDED_BY_CARD,
];

if (!['demo', 'test', 'bench', 'release', 'deb'].includes(purpose)) {
  stop('usage: node deploy/setup.mjs demo|test|bench|release|deb', 2);
}
checkNode();
if (isInstallDue()) install();
// The times of files decide well enough what a demo shows or a test looks at, but not what is published.
// A package is made of a release, which is built then.
if (purpose === 'release' || (purpose !== 'deb' && isBuildDue())) build();
if (purpose === 'deb') installPrograms('the package', NEEDED_BY_DEB);
if (purpose === 'test') installPrograms('the tests', NEEDED_BY_TESTS);
if (purpose === 'bench') installPrograms('the bench', NEEDED_BY_BENCH);

function checkNode() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [major, minor] = /(\d+)\.(\d+)/.exec(engines.node).slice(1).map(Number);
  const [haveMajor, haveMinor] = process.versions.node.split('.').map(Number);
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return;
  stop(
    `This needs Node ${major}.${minor} or newer; you have ${process.versions.node}. ` +
      'See https://nodejs.org/en/download for how to get a newer one.',
  );
}

/** npm writes the hidden lock file last, so a broken-off installation is repeated. */
function isInstallDue() {
  const installed = timeOf('node_modules/.package-lock.json');
  return installed === undefined || installed < (timeOf('package-lock.json') ?? 0);
}

function install() {
  say('Installing the dependencies (npm) …');
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const refused = npm(['ci', ...quiet]);
  if (refused === undefined) return;
  if (!refused.includes('EUSAGE')) stop(`${refused}\nThat failed: npm ci`);
  // A lock file that was made where the registry lacks other platforms' optional packages makes `ci` give up. This keeps to
  // the same locked versions and digests, and changes neither file.
  const failed = npm(['install', '--no-save', ...quiet]);
  if (failed !== undefined) stop(`${failed}\nThat failed: npm install --no-save`);
}

/** The npm that runs us, not another one on the PATH. */
function npm(args) {
  const program = process.env.npm_execpath;
  if (program === undefined) return attempt('npm', args, process.env);
  return attempt(process.execPath, [program, ...args], process.env);
}

function isBuildDue() {
  const built = OUTPUTS.map(timeOf);
  if (built.includes(undefined)) return true;
  return Math.max(...SOURCES.flatMap(timesBelow)) > Math.min(...built);
}

function build() {
  say('Building …');
  const failed = attempt(process.execPath, ['deploy/build.mjs'], process.env);
  if (failed !== undefined) stop(`${failed}\nThat failed: node deploy/build.mjs`);
}

/** With the times of the directories, which change when a file is removed. */
function timesBelow(path) {
  const own = timeOf(path);
  if (own === undefined) return [];
  if (!statSync(join(root, path)).isDirectory()) return [own];
  const names = readdirSync(join(root, path)).filter((name) => name !== 'dist');
  return [own, ...names.flatMap((name) => timesBelow(`${path}/${name}`))];
}

/** Milliseconds, or undefined when there is no such file. */
function timeOf(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs;
}

function find(program) {
  // Where Debian keeps what root alone may run; not on everybody's PATH.
  const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return places.map((place) => join(place, program)).find((path) => existsSync(path));
}

/** What needs them skips itself; everything else is done all the same. */
function installPrograms(who, needed) {
  const missing = () => needed.filter(({ programs }) => !programs.some(find));
  const wanted = missing();
  if (wanted.length === 0) return;
  const packages = wanted.flatMap(({ packages }) => packages);
  let failed;
  if (find('apt-get') !== undefined && process.getuid?.() === 0) {
    say(`Installing for ${who} (apt-get): ${packages.join(' ')} …`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    // Old package lists may still do, so only the installation's failure counts.
    attempt('apt-get', ['update'], env);
    failed = attempt('apt-get', ['install', '-y', '--no-install-recommends', ...packages], env);
  }
  const skipped = missing();
  if (skipped.length === 0) return;
  if (failed !== undefined) say(failed);
  for (const { programs, tests } of skipped) say(`Skipped, for want of ${programs[0]}: ${tests}.`);
  say(`To run them: sudo apt-get install ${skipped.flatMap(({ packages }) => packages).join(' ')}`);
}

/** Quiet unless it fails; then everything that the program said. */
function attempt(program, args, env) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: root,
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return status === 0 ? undefined : [stdout, stderr, error?.message].filter(Boolean).join('\n');
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

function stop(text, code = 1) {
  process.stderr.write(`${text}\n`);
  process.exit(code);
}

/**
 * Makes a fresh clone ready for `npm start` (`demo`) or `npm test` (`test`): Node's version, dependencies, build and, for
 * the tests, a browser. Runs before anything is installed, so it uses nothing but Node, and does only what is due.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OUTPUTS, SOURCES } from './outputs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const purpose = process.argv[2];

if (purpose !== 'demo' && purpose !== 'test') stop('usage: node deploy/setup.mjs demo|test', 2);
checkNode();
if (isInstallDue()) install();
if (isBuildDue()) build();
if (purpose === 'test' && findBrowser() === undefined) installBrowser();

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

function findBrowser() {
  return find('chromium') ?? find('chromium-browser') ?? find('google-chrome');
}

function find(program) {
  const places = (process.env.PATH ?? '').split(delimiter);
  return places.map((place) => join(place, program)).find((path) => existsSync(path));
}

/** The browser tests skip themselves without one; everything else is tested all the same. */
function installBrowser() {
  const skipped = 'The browser tests will be skipped: there is no Chromium on the PATH';
  if (find('apt-get') === undefined) return say(`${skipped}, and no apt-get to install it with.`);
  if (process.getuid?.() !== 0) {
    return say(`${skipped}. To run them, install it: sudo apt-get install chromium`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  say('Installing Chromium for the browser tests (apt-get) …');
  // Old package lists may still do, so only the installation's failure counts.
  attempt('apt-get', ['update'], env);
  const args = ['install', '-y', '--no-install-recommends', 'chromium'];
  const failed = attempt('apt-get', args, env);
  if (failed !== undefined) say(`${failed}\n${skipped}, and it could not be installed.`);
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

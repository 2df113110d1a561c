/**
 * `npm run deb`: makes the Debian package of the product. It packs a release as `npm run release` makes it, with the files of
 * deploy/debian beside it, and leaves the rest to Debian's own programs. Runs before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { carryOut, ReleaseFailure } from './failure.mjs';

const USAGE = `usage: npm run deb -- [--out DIR] [--json]

Builds the product and packs it as DIR/pikit_<version>_all.deb, for every architecture. The same sources give the same bytes. The
version is that of package.json, and deploy/debian/changelog must begin with it. Needs debhelper and dpkg-dev; as root it
installs them.

  --out DIR    default: dist in the checkout
  --json       one line of JSON on stdout, also for errors; all other words on stderr

exit: 0 done, 1 failed, 2 usage
`;

const root = fileURLToPath(new URL('../..', import.meta.url));
const from = process.env.INIT_CWD ?? process.cwd();

function main({ out }) {
  // Before it takes a minute to build.
  const version = debianVersion();
  node('deploy/setup.mjs', ['deb'], 'the set-up failed');
  const workshop = mkdtempSync(join(tmpdir(), 'pikit-deb-'));
  try {
    const built = build(workshop, version);
    const place = out === undefined ? join(root, 'dist') : resolve(from, out);
    const file = join(place, built.slice(dirname(built).length + 1));
    mkdirSync(place, { recursive: true });
    copyFileSync(built, file);
    const content = readFileSync(file);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const document = { package: file, version, sha256, bytes: content.length };
    return { document, text: `${version}: ${file} (${content.length} bytes)\n` };
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

/** What npm calls 1.0.0-rc.1 is 1.0.0~rc.1 to Debian: before 1.0.0. */
function debianVersion() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const wanted = version.replace('-', '~');
  const changelog = readFileSync(join(root, 'deploy/debian/changelog'), 'utf8');
  const found = /^pikit \(([^)]+)\)/.exec(changelog)?.[1];
  if (found === wanted) return wanted;
  const text = `deploy/debian/changelog begins with ${found}, not with ${wanted}: write its entry first`;
  throw new ReleaseFailure('version-unknown', text, { found, wanted });
}

/** The path of the package, in the workshop. */
function build(workshop, version) {
  const releases = join(workshop, 'releases');
  const made = node('deploy/product/release.mjs', ['--out', releases, '--json'], 'no release');
  const source = join(workshop, `pikit-${version}`);
  mkdirSync(source);
  // Times of now, which dpkg-deb takes back to that of the changelog: those of a bundle are older than Debian lets a file be.
  run('tar', ['-xmzf', JSON.parse(made).bundle, '-C', source], workshop);
  cpSync(join(root, 'deploy/debian'), join(source, 'debian'), { recursive: true });
  run('dpkg-buildpackage', ['--build=binary', '--no-sign'], source);
  return join(workshop, `pikit_${version}_all.deb`);
}

/** A program of the checkout; its words go to stderr. Returns what it printed. */
function node(program, args, failure) {
  const { status, stdout } = spawnSync(process.execPath, [join(root, program), ...args], {
    stdio: ['ignore', 'pipe', 2],
    encoding: 'utf8',
  });
  if (status === 0) return stdout;
  throw new ReleaseFailure('build-failed', `${failure}: ${stdout.trim()}`);
}

/** Quiet unless it fails. Of the environment nothing that could change the bytes. */
function run(program, args, cwd) {
  const { PATH } = process.env;
  const env = { PATH, HOME: cwd, LC_ALL: 'C.UTF-8', TZ: 'UTC' };
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env,
    encoding: 'utf8',
  });
  if (status === 0) return;
  if (error?.code === 'ENOENT') {
    const text = `there is no ${program}: sudo apt-get install debhelper dpkg-dev`;
    throw new ReleaseFailure('program-missing', text, { program });
  }
  process.stderr.write(`${stdout}${stderr}`);
  throw new ReleaseFailure('build-failed', `${program} refuses it, and says why`, { program });
}

process.umask(0o022);
const options = {
  out: { type: 'string' },
};
carryOut('deb', { usage: USAGE, options, work: main });

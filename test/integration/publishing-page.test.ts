/**
 * The commands of docs/publishing.md, in their order, as a stranger would give them, in a home directory of the test's own. A
 * block of `sh` is run where the one before it has ended; the first line of a block of `toml` says which file it is for. What
 * stands in the page for something of the reader's own is replaced: see `standIns`. A person's typing comes from `TYPED`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { copyCheckout } from '../support/checkout-copy.ts';
import { startGithubServer, type GithubServer } from '../support/github-server.ts';
import { hasMinisign } from '../support/minisign-program.ts';
import { blocksOf, type Block } from '../support/page-blocks.ts';
import { startReleaseServer, type ReleaseServer } from '../support/release-server.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { layDownDevice } from '../support/sandbox-root.ts';
import { startStaticServer, type StaticServer } from '../support/static-server.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

const CHECKOUT = repositoryRoot();
const PAGE = join(CHECKOUT, 'docs/publishing.md');
const TOKEN = 'the-token-of-the-maintainer';
const PASSWORD = 'the password of the maintainer';
/** What a person types while such a block runs. Our own program asks on a terminal only; here it finds the password so. */
const TYPED: readonly (readonly [RegExp, string])[] = [
  [/cat > .*token/, TOKEN],
  [/minisign -S/, PASSWORD],
];
const MINUTE_MS = 60_000;

let dir: TempDir;
let gitea: ReleaseServer;
let github: GithubServer;
let web: StaticServer;
/** Where the last block has ended, and all that was printed so far. */
let place: string;
let printed: string;
const at = (name: string): string => join(dir.path, name);
const home = (name: string): string => join(dir.path, 'home', name);
const root = (name: string): string => join(dir.path, 'device', name);

beforeEach(async () => {
  dir = await makeTempDir();
  gitea = await startReleaseServer({ token: TOKEN, repository: 'me/dashboard' });
  github = await startGithubServer(TOKEN);
  await mkdir(at('www'));
  web = await startStaticServer(at('www'));
  [place, printed] = [home(''), ''];
  await layDownSources();
  await layDownDashboard();
  const installed = { version: '0.9.0', files: { 'pikit-web/index.html': 'by hand' } };
  const source = { kind: 'dir', path: '/nowhere' } as const;
  await layDownDevice({ root: root(''), source, installed }, 0);
  await addProgram(
    'pikit-agent',
    `exec node ${CHECKOUT}/packages/agent/dist/pikit-agent.mjs --root ${root('')} "$@"`,
  );
});
afterEach(async () => {
  for (const server of [gitea, github, web]) await server.close();
  await dir.remove();
});

async function addProgram(name: string, script: string): Promise<void> {
  await mkdir(at('bin'), { recursive: true });
  await writeFile(at(`bin/${name}`), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** What can be cloned: this checkout as it is, not as it was committed. What npm would fetch comes with it by a hook. */
async function layDownSources(): Promise<void> {
  await mkdir(at('hooks'));
  await copyCheckout(at('updater'));
  const git = (...args: readonly string[]): void => {
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.org', ...args], {
      cwd: at('updater'),
    });
  };
  git('init', '-q');
  git('add', '-A');
  git('commit', '-qm', 'all');
  const packages = `cp -al ${at('updater/node_modules')} . && touch node_modules/.package-lock.json`;
  const hook = `#!/bin/sh\n${packages}\n`;
  await writeFile(at('hooks/post-checkout'), hook, { mode: 0o755 });
}

async function layDownDashboard(): Promise<void> {
  const files = {
    'dist/index.html': '<!doctype html><title>Dashboard</title>\n',
    'dist/assets/app.js': 'start();\n',
    'server/pikit-api.py': 'print("dashboard")\n',
    'CHANGELOG.md': ['1.2.0', '1.1.1', '1.1.0', '1.0.0']
      .map((it) => `## [${it}]\n\n- Better.\n`)
      .join('\n'),
  };
  for (const [name, content] of Object.entries(files)) {
    await mkdir(home(`dashboard/${name}/..`), { recursive: true });
    await writeFile(home(`dashboard/${name}`), content);
  }
}

const shown = (what: RegExp): readonly (string | undefined)[] =>
  [...printed.matchAll(what)].map(([, it]) => it);

/** What is the reader's own, and what the test has in its place. */
function standIns(): readonly (readonly [string | RegExp, string])[] {
  return [
    // Its uploads go to another place, which of github.com's own the program knows.
    [
      /(publish .*)https:\/\/api\.github\.com --repository me\/dashboard/g,
      `$1${github.url} --upload-server ${github.uploadUrl} --repository ${github.repository}`,
    ],
    [
      'https://api.github.com --repository me/dashboard',
      `${github.url} --repository ${github.repository}`,
    ],
    // `git clone` finds its place by the configuration, below.
    [/https:\/\/git\.example\.org(?!\/pikit)/g, gitea.url],
    ['https://updates.example.org', web.url],
    ['/srv/www', at('www')],
    ['/media/usb', root('media/usb')],
    ['/etc/pikit', root('etc/pikit')],
    ['DIGEST', shown(/"manifestSha256": ?"([0-9a-f]{64})"/g).at(-1) ?? ''],
    // The new key as a whole, and the id of the old one, as they were shown.
    ['RWS…', shown(/^(RW\S{54})$/gm).at(-2) ?? ''],
    ['0123456789ABCDEF', shown(/public key ([0-9A-F]{16})$/gm).at(-1) ?? ''],
  ];
}

function withStandIns(text: string): string {
  return standIns().reduce((so, [what, by]) => so.replaceAll(what, by), text);
}

function environment(): NodeJS.ProcessEnv {
  const path = [home('.local/bin'), at('bin'), join(CHECKOUT, 'test/support/bin')];
  return {
    HOME: home(''),
    PATH: `${path.join(':')}:${process.env['PATH'] ?? ''}`,
    PIKIT_RELEASE_PASSWORD: PASSWORD,
    PIKIT_FAKE_SYSTEMD: root('fake-systemd'),
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: `url.${at('updater')}.insteadOf`,
    GIT_CONFIG_VALUE_0: 'https://git.example.org/pikit/updater',
    GIT_CONFIG_KEY_1: 'core.hooksPath',
    GIT_CONFIG_VALUE_1: at('hooks'),
  };
}

/** Rejects when a command fails, with all that it said. */
async function run({ text, line }: Block): Promise<void> {
  const script = `set -eu\n${withStandIns(text)}\npwd > ${at('place')}\n`;
  const program = spawn('bash', ['-c', script], { cwd: place, env: environment(), stdio: 'pipe' });
  const said: string[] = [];
  for (const stream of [program.stdout, program.stderr]) {
    stream.setEncoding('utf8').on('data', (piece: string) => said.push(piece));
  }
  const typed = TYPED.find(([when]) => when.test(text))?.[1];
  // A block that reads nothing may have ended by then.
  program.stdin.on('error', () => undefined);
  program.stdin.end(typed === undefined ? '' : `${typed}\n`);
  const [code] = (await once(program, 'close')) as [number];
  printed += said.join('');
  expect(code, `line ${String(line)} of the page:\n${script}\n${said.join('')}`).toBe(0);
  place = (await readFile(at('place'), 'utf8')).trim();
}

/** `# FILE`: all of it. `# at the end of FILE`. `# in FILE`: in the place of the table that is there. */
async function write({ text, line }: Block): Promise<void> {
  const [head = '', ...lines] = withStandIns(text).split('\n');
  const [, how, name = ''] = /^# (at the end of |in )?(\S+)$/.exec(head) ?? [];
  if (name === '') throw new Error(`line ${String(line)} of the page: for which file?`);
  const [file, content] = [resolve(place, name), `${lines.join('\n')}\n`];
  if (how === undefined) return writeFile(file, content);
  const before = await readFile(file, 'utf8');
  if (how !== 'in ') return writeFile(file, `${before}\n${content}`);
  const [title = ''] = lines;
  const start = before.indexOf(`${title}\n`);
  expect(start, `${title} of ${file}`).not.toBe(-1);
  const end = before.indexOf('\n[', start);
  return writeFile(file, before.slice(0, start) + content + before.slice(end));
}

describe.skipIf(!hasMinisign())('docs/publishing.md', () => {
  it(
    'brings a dashboard from nothing to the first update on a device, and further',
    async () => {
      const blocks = blocksOf(await readFile(PAGE, 'utf8')).filter(({ notRun, line }) => {
        if (notRun !== undefined) process.stderr.write(`line ${String(line)} not run: ${notRun}\n`);
        return notRun === undefined;
      });
      expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(['sh', 'toml']));
      for (const block of blocks) await (block.language === 'sh' ? run(block) : write(block));

      // What the page promises of it.
      const tags = gitea.releases().map(({ tag, draft }) => `${tag}${draft ? ' draft' : ''}`);
      expect(tags).toEqual(['v1.0.0', 'v1.1.0', 'v1.2.0']);
      expect(github.store.all()).toMatchObject([{ tag: 'v1.0.0', draft: false }]);
      expect(shown(/"outcome": ?"(\w+)"/g)).toContain('committed');
      // Forward, and back at the end.
      expect(await readFile(root('var/www/pikit-web/index.html'), 'utf8')).toBe('by hand');
      // By npx, which has a version of its own.
      expect(printed.split('\n')).toContain(packageJson.version);
      expect(printed).not.toContain(TOKEN);
      expect(printed).not.toContain(PASSWORD);
    },
    // Five times a key is made from a password, which minisign lets take long on purpose.
    10 * MINUTE_MS,
  );
});

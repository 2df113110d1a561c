/**
 * `npm run release`: makes a release of the product itself, with the product's own `pikit-release`. It builds what goes in,
 * tells whose code that is, and leaves packing and signing to that program. Runs before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MODULES, UI } from '../outputs.mjs';
import { changelogFor, licencesText, sbomOf } from './documents.mjs';
import { carryOut, ReleaseFailure } from './failure.mjs';
import { thirdPartiesOf } from './third-parties.mjs';

const USAGE = `usage: npm run release -- [--out DIR] [--previous DIR]... [--force] [--key FILE [--password-file FILE]] [--json]

Builds agent, api, pikit-rpc and page, and packs them as one release into DIR/<version>/: bundle and manifest. The same
sources give the same bytes. The version is that of package.json, the notes are from CHANGELOG.md.

  --out DIR    default: dist in the checkout
  --previous DIR
               an earlier release, such as dist/0.1.0: adds a patch from there if that pays
  --force      replaces another release of this version, and its signature
  --key FILE   signs it too, with a secret key of minisign or of pikit-release keygen
  --json       one line of JSON on stdout, also for errors; all other words on stderr

exit: 0 done, 1 failed, 2 usage
`;

const root = fileURLToPath(new URL('../..', import.meta.url));
// npm changes into the checkout before it starts us; a relative path is meant from where the person stands.
const from = process.env.INIT_CWD ?? process.cwd();

function main(options) {
  setUp();
  const product = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const warnings = writeDocuments({ ...product, licence: product.license });
  const packed = pack(options, product.version);
  const signature = sign(options, dirname(packed.manifest));
  const { bundle, manifest, sha256, seekableRatio, version, manifestSha256, files, bytes } = packed;
  const said = [...warnings, ...packed.warnings];
  // In this order: the first four are what scripts read.
  const rest = { version, manifestSha256, files, bytes, signature, warnings: said };
  const document = { bundle, manifest, sha256, seekableRatio, ...rest };
  return { document, text: textOf(document) };
}

function setUp() {
  const args = [join(root, 'deploy/setup.mjs'), 'release'];
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new ReleaseFailure('build-failed', 'the product could not be built');
}

/** Beside the configuration that names them. Returns what a maintainer should know. */
function writeDocuments(product) {
  const built = JSON.parse(readFileSync(join(root, MODULES), 'utf8'));
  const shipped = Object.entries(built)
    .filter(([output]) => output.startsWith('packages/'))
    .map(([output, modules]) => [output === UI ? 'ui' : `lib/${basename(output)}`, modules]);
  const thirdParties = thirdPartiesOf(root, Object.fromEntries(shipped));
  const changelog = changelogFor(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), product.version);
  const documents = {
    'sbom.cdx.json': sbomOf(product, thirdParties),
    'THIRD-PARTY-LICENSES': licencesText(product, thirdParties),
    'CHANGELOG.md': changelog.text,
    version: `${product.version}\n`,
  };
  const directory = join(root, 'deploy/product/dist');
  mkdirSync(directory, { recursive: true });
  for (const [name, text] of Object.entries(documents)) writeFileSync(join(directory, name), text);
  return changelog.warnings;
}

function pack({ out, previous, force }, version) {
  const place = out === undefined ? join(root, 'dist') : resolve(from, out);
  const config = join(root, 'deploy/product/pikit-release.toml');
  const args = ['--config', config, '--version', version, '--out', place];
  const earlier = previous.flatMap((directory) => ['--previous', resolve(from, directory)]);
  return pikitRelease(['pack', ...args, ...earlier, ...(force ? ['--force'] : [])]);
}

/** The place of the signature, or null. */
function sign({ key, 'password-file': password, force }, directory) {
  if (key === undefined) return null;
  const args = [directory, '--key', resolve(from, key), ...(force ? ['--force'] : [])];
  const more = password === undefined ? [] : ['--password-file', resolve(from, password)];
  return pikitRelease(['sign', ...args, ...more]).signature;
}

/** The program of this checkout. It may ask on the terminal for a password. */
function pikitRelease(args) {
  const program = join(root, 'deploy/release/dist/pikit-release.mjs');
  const { status, stdout } = spawnSync(process.execPath, [program, ...args, '--json'], {
    stdio: ['inherit', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  const document = JSON.parse(stdout);
  if (status === 0) return document;
  const { code, details } = document.error;
  throw new ReleaseFailure(code, `pikit-release ${args[0]} refuses it, and says why`, details);
}

function textOf({ version, bundle, manifest, bytes, seekableRatio, signature, warnings }) {
  const lines = [
    `${version}: ${bundle} (${bytes} bytes, ${seekableRatio} of tar c | gzip -9)`,
    `manifest: ${manifest}`,
    `signature: ${signature ?? 'none; a device with a key refuses it'}`,
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
  return `${lines.join('\n')}\n`;
}

const options = {
  out: { type: 'string' },
  previous: { type: 'string', multiple: true, default: [] },
  force: { type: 'boolean', default: false },
  key: { type: 'string' },
  'password-file': { type: 'string' },
};
carryOut('release', { usage: USAGE, options, work: main });

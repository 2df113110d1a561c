/**
 * Builds what runs: one unminified ESM file each for agent, CLI, api and demo, and the UI through vite. Unminified, so
 * that a stack trace on a device can be read. It also writes down which modules went into each, because only it knows.
 */
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { build as buildUi } from 'vite';
import { MODULES, PROGRAMS, UI } from './outputs.mjs';
import { pack } from './pack.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

// Dependencies in CommonJS call `require` for Node's own modules, which an ESM file does not have.
const banner = {
  js: `#!/usr/bin/env node
import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);`,
};

/**
 * What a program loads before its first line is run is time that somebody waits. The library for HTTP brings HTTP/2, which nobody
 * here turns on; as a module Node's `process` computes everything that it could be asked for; and a list in English, which only the
 * message of one mistake of a programmer needs, makes the engine load its tables of all languages.
 */
const lean = {
  name: 'lean',
  setup({ onResolve, onLoad }) {
    const stand = { 'http2-wrapper': '{}', 'node:process': 'globalThis.process' };
    onResolve({ filter: /^(?:http2-wrapper|node:process)$/ }, ({ path }) => ({
      path,
      namespace: 'lean',
    }));
    onLoad({ filter: /.*/, namespace: 'lean' }, ({ path }) => ({
      contents: `export default ${stand[path]};`,
    }));
    onLoad({ filter: /@sindresorhus\/is\/distribution\/index\.js$/ }, async ({ path }) => ({
      contents: whenAsked(await readFile(path, 'utf8'), /new Intl\.ListFormat\(.+?\)(?=;\n)/g),
    }));
  },
};

/** Formatters that were made at once are made when they format. Throws where there is none: then the library has changed. */
function whenAsked(source, formatters) {
  const changed = source.replace(formatters, '{ format: (list) => $&.format(list) }');
  if (changed === source)
    throw new Error('the library for HTTP no longer makes its formatters at once');
  return changed;
}

async function buildProgram(entry, outfile) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    banner,
    plugins: [lean],
    // It finds its own files beside itself; only the bench of a checkout uses it.
    external: ['playwright-core'],
    metafile: true,
    logLevel: 'warning',
  });
  await chmod(root + outfile, 0o755);
  const { inputs } = metafile.outputs[outfile];
  const isBroughtIn = (path) => inputs[path].bytesInOutput > 0 && !path.startsWith(`${lean.name}:`);
  return [outfile, Object.keys(inputs).filter((path) => isBroughtIn(path))];
}

// Else vite builds for whatever stands there, for a developer's debugging with the paths of this machine for example.
process.env.NODE_ENV = 'production';

/** The page, then the element beside it, because the page's build empties the directory. */
async function buildPages() {
  const shared = { root: `${root}packages/ui`, logLevel: 'warn' };
  const page = await buildUi(shared);
  const element = await buildUi({ ...shared, mode: 'element' });
  await packPages();
  const outputs = [page, element].flat().flatMap(({ output }) => output);
  const chunks = outputs.filter(({ type }) => type === 'chunk');
  const ids = chunks.flatMap(({ modules }) => Object.keys(modules));
  // What vite itself puts in has an id that is no path, and begins with a NUL; what is there twice has a mark behind its path.
  const nameOf = (id) =>
    id.startsWith('\0') ? id : relative(root, id.replace(/[?&]apart\d$/, ''));
  return [UI, [...new Set(ids.map(nameOf))]];
}

/** Beside each file that gets smaller by it a packed one, so that a device need not pack anything. */
async function packPages() {
  const names = await readdir(root + UI, { recursive: true });
  for (const name of names.filter((each) => /\.(?:html|js|css|svg)$/.test(each))) {
    const content = await readFile(`${root}${UI}/${name}`);
    const packed = await pack(content);
    if (packed.length < content.length) await writeFile(`${root}${UI}/${name}.gz`, packed);
  }
}

// All to their end, so that one mistake does not leave another output half-written.
const results = await Promise.allSettled([
  ...Object.entries(PROGRAMS).map(([entry, outfile]) => buildProgram(entry, outfile)),
  buildPages(),
]);
const failures = results.filter(({ status }) => status === 'rejected');

for (const { reason } of failures) {
  process.stderr.write(`${reason instanceof Error ? reason.message : String(reason)}\n`);
  process.exitCode = 1;
}
if (failures.length === 0) {
  const modules = Object.fromEntries(results.map(({ value }) => value));
  await mkdir(dirname(root + MODULES), { recursive: true });
  await writeFile(root + MODULES, `${JSON.stringify(modules)}\n`);
}

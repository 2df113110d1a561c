/** One source file with all that it needs, built as the shipped bundle is built. */
import { build } from 'esbuild';

const BANNER = `import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);`;

/** Returns the path of the bundle. */
export async function bundle(source: string, target: string): Promise<string> {
  await build({
    entryPoints: [source],
    outfile: target,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    banner: { js: BANNER },
    logLevel: 'warning',
  });
  return target;
}

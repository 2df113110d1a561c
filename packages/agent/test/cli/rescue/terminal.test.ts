/** The question, where there is no terminal; with one it is asked in `test/integration/rescue.test.ts`. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { buildSync } from 'esbuild';

describe('askYes', () => {
  it('has no answer where nobody can be asked', () => {
    const source = fileURLToPath(new URL('../../../src/cli/rescue/terminal.ts', import.meta.url));
    const options = { bundle: true, write: false, platform: 'node', format: 'esm' } as const;
    const { outputFiles } = buildSync({ entryPoints: [source], ...options });
    const script = `${outputFiles[0]?.text ?? ''}\nconsole.log(await askYes('Go on?'));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      input: 'yes\n',
    });
    expect(stdout).toBe('undefined\n');
  });
});

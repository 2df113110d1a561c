/** Releases signed by Debian's own `minisign`, installed by the real agent: a maintainer needs nothing of ours to sign. */
import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildRelease, type BuiltRelease } from '../support/bundle-builder.ts';
import { hasMinisign } from '../support/minisign-program.ts';
import { layDownDevice } from '../support/sandbox-root.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';
import { aPage, runProgram } from './scene.ts';

let dir: TempDir;
const root = (): string => join(dir.path, 'root');
const at = (name: string): string => join(dir.path, name);
const minisign = (...args: readonly string[]): string =>
  execFileSync('minisign', args, { encoding: 'utf8' });

beforeEach(async () => {
  dir = await makeTempDir();
});
afterEach(() => dir.remove());

/** A key of minisign's, trusted by the device, and a release that is not signed yet. */
async function prepare(): Promise<BuiltRelease> {
  await layDownDevice({ root: root(), source: { kind: 'dir', path: '/media' } }, 0);
  execFileSync('mkdir', ['-p', join(root(), 'etc/pikit/keys')]);
  minisign('-G', '-W', '-s', at('secret.key'), '-p', join(root(), 'etc/pikit/keys/pi-kit.pub'));
  return buildRelease(aPage('1.1.0'), join(root(), 'media'));
}

async function ask(method: string, params: object = {}) {
  const args = ['--root', root(), '--run', method, JSON.stringify(params)];
  const { code, stdout } = await runProgram('agent/dist/pikit-agent.mjs', args);
  return { code, answer: JSON.parse(stdout) as Readonly<Record<string, unknown>> };
}

describe.skipIf(!hasMinisign())('a manifest that minisign has signed', () => {
  it.each([
    ['as it does by itself', []],
    ['in its earlier form', ['-l']],
    ['with a comment of the maintainer', ['-t', 'Pi-Kit 1.1.0, für alle']],
  ])('%s is installed', async (_what, options) => {
    const { manifest, version, manifestSha256 } = await prepare();
    minisign('-S', '-s', at('secret.key'), '-m', manifest, ...options);
    const { answer } = await ask('update.apply', { version, manifestSha256 });
    expect(answer).toMatchObject({ outcome: 'committed', to: '1.1.0' });
    const status = await ask('update.check');
    const [key] = (await ask('agent.inspect')).answer['keys'] as readonly { id: string }[];
    expect(status.answer['trust']).toBe('signed');
    expect(
      minisign('-V', '-m', manifest, '-p', join(root(), 'etc/pikit/keys/pi-kit.pub')),
    ).toContain('verified');
    // The id is the one that minisign tells, which leaves out zeros at its beginning.
    const [comment] = execFileSync('head', ['-n1', join(root(), 'etc/pikit/keys/pi-kit.pub')])
      .toString()
      .split('\n');
    expect(comment?.split(' ').at(-1)?.padStart(16, '0')).toBe(key?.id);
  });

  it('and that was changed afterwards is refused', async () => {
    const { manifest, version, manifestSha256 } = await prepare();
    minisign('-S', '-s', at('secret.key'), '-m', manifest);
    appendFileSync(manifest, '\n');
    const { code, answer } = await ask('update.apply', { version, manifestSha256 });
    expect(code).toBe(1);
    expect(answer).toMatchObject({
      error: { code: 'signature-invalid', details: { reason: 'not of this manifest' } },
    });
  });

  it('with another key is refused', async () => {
    const { manifest, version, manifestSha256 } = await prepare();
    minisign('-G', '-W', '-s', at('other.key'), '-p', at('other.pub'));
    minisign('-S', '-s', at('other.key'), '-m', manifest);
    const { answer } = await ask('update.apply', { version, manifestSha256 });
    expect(answer).toMatchObject({
      error: { code: 'signature-invalid', details: { reason: 'unknown key' } },
    });
  });
});

/** The test's own keys against Debian's `minisign`, which must believe them; else nothing that they prove counts. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMinisignKey } from './minisign-key.ts';
import { hasMinisign } from './minisign-program.ts';
import { makeTempDir, type TempDir } from './temp-dir.ts';

describe.skipIf(!hasMinisign())('a key of the tests', () => {
  let dir: TempDir;
  beforeEach(async () => {
    dir = await makeTempDir();
  });
  afterEach(() => dir.remove());

  it.each([{ legacy: false }, { legacy: true }])('is believed by minisign: %o', ({ legacy }) => {
    const key = createMinisignKey();
    const [file, pub] = [join(dir.path, 'manifest.json'), join(dir.path, 'key.pub')];
    writeFileSync(file, 'content\n');
    writeFileSync(pub, key.publicFile);
    writeFileSync(`${file}.minisig`, key.sign('content\n', { legacy }));
    const said = execFileSync('minisign', ['-V', '-m', file, '-p', pub], { encoding: 'utf8' });
    expect(said).toContain('Signature and comment signature verified');
    expect(said).toMatch(/Trusted comment: timestamp:\d+\tfile:manifest\.json/);
  });
});

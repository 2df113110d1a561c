/** What is written can be read by the agent and by a person; what a device could never take is refused. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_SIZES } from '../../../../packages/agent/src/core/release-size.ts';
import { aFile, aManifest, aVersion } from '../../../../packages/agent/test/support/a-manifest.ts';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { assertPublishable, manifestText, reasonsToSign } from '../../src/pack/manifest-text.ts';

const VERSION = aVersion('1.4.0');
const publishable = (patch: Parameters<typeof aManifest>[0], bundleBytes = 0) =>
  assertPublishable(manifestText(aManifest(patch)), VERSION, bundleBytes);

describe('manifestText', () => {
  it('has a line for each file, and no member without a value', () => {
    const text = manifestText({
      version: '1.4.0',
      notes: undefined,
      files: [{ path: 'a' }, { path: 'b' }],
      links: [],
    });
    expect(text).toBe(
      '{\n  "version": "1.4.0",\n  "files": [\n    {"path":"a"},\n    {"path":"b"}\n  ]\n}\n',
    );
  });
});

describe('assertPublishable', () => {
  it('answers with what the agent reads', () => {
    const post_install = ['restart pikit-api', 'bin/migrate --to 2'];
    const patch = {
      files: [aFile('bin/migrate', { mode: '0755', size: 1, span: [0, 1] })],
      post_install,
    };
    expect(publishable(patch)).toEqual(aManifest(patch));
  });

  it.each([
    ['a path that collides', 'manifest-invalid', { files: [aFile('a'), aFile('A')] }],
    [
      'a file in the place of a directory',
      'manifest-invalid',
      { files: [aFile('a'), aFile('a/b')] },
    ],
    ['the agent’s own directory', 'manifest-invalid', { files: [aFile('.pikit/a')] }],
    ['a link that leaves', 'manifest-invalid', { links: [{ path: 'a', to: '../b' }] }],
    ['a link to nothing', 'manifest-invalid', { links: [{ path: 'a', to: 'b' }] }],
    ['a shell', 'post-install-refused', { post_install: ['rm -rf / && echo'] }],
    ['a program that is not there', 'post-install-refused', { post_install: ['bin/migrate'] }],
    [
      'a program that nobody may execute',
      'post-install-refused',
      { files: [aFile('bin/migrate', { mode: '0644' })], post_install: ['bin/migrate'] },
    ],
    ['no unit', 'post-install-refused', { post_install: ['restart a b'] }],
    ['a large file', 'too-large', { files: [aFile('a', { size: DEFAULT_SIZES.fileBytes + 1 })] }],
    [
      'large files',
      'too-large',
      { files: ['a', 'b', 'c'].map((path) => aFile(path, { size: DEFAULT_SIZES.fileBytes })) },
    ],
    [
      'a large manifest',
      'too-large',
      { files: Array.from({ length: 20_000 }, (_, index) => aFile(`${index}/${'a'.repeat(200)}`)) },
    ],
  ] as const)('refuses %s', async (_what, code, patch) => {
    await expectCode(() => publishable(patch as Parameters<typeof aManifest>[0]), code);
  });

  it('refuses a large bundle', async () => {
    await expectCode(() => publishable({}, DEFAULT_SIZES.bundleBytes + 1), 'too-large');
  });
});

describe('reasonsToSign', () => {
  it('names special modes, commands and keys', () => {
    const manifest = aManifest({
      files: [aFile('bin/a', { mode: '4755' }), aFile('b', { mode: '0755' })],
      post_install: ['restart pikit-api', 'bin/a now'],
      keys: { retire: ['0123456789ABCDEF'] },
    });
    expect(reasonsToSign(manifest)).toEqual([
      'bin/a has mode 4755, which needs a signature',
      'the command "bin/a now" needs a signature',
      'keys are believed from a signed manifest only',
    ]);
    expect(reasonsToSign(aManifest({ post_install: ['restart pikit-api'] }))).toEqual([]);
  });
});

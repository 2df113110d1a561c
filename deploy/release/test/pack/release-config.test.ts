/** From the text of pikit-release.toml to a checked value; each refusal names the key. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { parseReleaseConfig } from '../../src/pack/release-config.ts';

const FILE = 'pikit-release.toml';
const CHANGELOG = 'changelog = "https://example.org/v{version}"\n';
const ENTRY = '[[entry]]\nfrom = "dist/"\nto = "pikit-web/"\n';
const EXAMPLE = readFileSync(new URL('../../pikit-release.example.toml', import.meta.url), 'utf8');

const parse = (text: string) => parseReleaseConfig(text, FILE);

describe('parseReleaseConfig', () => {
  it('takes what is least', () => {
    expect(parse(CHANGELOG + ENTRY)).toEqual({
      changelog: 'https://example.org/v{version}',
      exclude: [],
      entry: [{ from: 'dist/', to: 'pikit-web' }],
    });
  });

  it('takes the example, and all of it that is commented out', () => {
    expect(parse(EXAMPLE)).toMatchObject({
      product: 'pi-kit',
      version: '1.4.0',
      released: '2026-11-26T00:00:00Z',
      expires: 180,
      entry: [{ to: 'pikit-web' }, { to: 'pikit-api.py', mode: '0755' }, { to: 'bin' }],
    });
    const all = parse(EXAMPLE.replaceAll(/^# (?=[a-z_]+ = |\[\w+\]$)/gm, ''));
    expect(Object.keys(all)).toEqual(expect.arrayContaining(['breaking', 'requires', 'keys']));
  });

  it.each(['"2026-11-26"', '2026-11-26', '2026-11-26T00:00:00Z', '"2026-11-26T01:00:00+01:00"'])(
    'takes a date written as %s',
    (date) => {
      const text = `released = ${date}\nexpires = ${date}\n${CHANGELOG}${ENTRY}`;
      const moment = '2026-11-26T00:00:00Z';
      expect(parse(text)).toMatchObject({ released: moment, expires: moment });
    },
  );

  it('takes a version that is written as the tag', () => {
    expect(parse(`version = "v1.4.0-rc.1"\n${CHANGELOG}${ENTRY}`).version).toBe('1.4.0-rc.1');
  });

  it.each([
    ['TOML', 'version = '],
    ['entry', CHANGELOG],
    ['entry', `${CHANGELOG}entry = []\n`],
    ['changelog', ENTRY],
    ['changelog', `changelog = "javascript:alert(1)"\n${ENTRY}`],
    ['verison', `verison = "1.4.0"\n${CHANGELOG}${ENTRY}`],
    ['version', `version = "1.4"\n${CHANGELOG}${ENTRY}`],
    ['released', `released = "soon"\n${CHANGELOG}${ENTRY}`],
    ['released', `released = 2026-11-26T10:00:00\n${CHANGELOG}${ENTRY}`],
    ['released', `released = 20261126\n${CHANGELOG}${ENTRY}`],
    ['expires', `expires = 0\n${CHANGELOG}${ENTRY}`],
    ['expires', `expires = true\n${CHANGELOG}${ENTRY}`],
    ['notes', `notes = ""\n${CHANGELOG}${ENTRY}`],
    ['breaking', `breaking = "all"\n${CHANGELOG}${ENTRY}`],
    ['exclude.1', `exclude = ["a", "a**"]\n${CHANGELOG}${ENTRY}`],
    ['requires.from', `${CHANGELOG}${ENTRY}[requires]\nfrom = "new ones"\n`],
    ['requires.form', `${CHANGELOG}${ENTRY}[requires]\nform = ">=1.2.0"\n`],
    ['requires', `requires = []\n${CHANGELOG}${ENTRY}`],
    ['keys', `keys = 2026-11-27\n${CHANGELOG}${ENTRY}`],
    ['entry.0', `entry = ["dist"]\n${CHANGELOG}`],
    ['entry.0.to', `${CHANGELOG}[[entry]]\nfrom = "dist"\nto = "../etc"\n`],
    ['entry.0.to', `${CHANGELOG}[[entry]]\nfrom = "dist"\nto = "/etc"\n`],
    ['entry.0.from', `${CHANGELOG}[[entry]]\nfrom = ""\nto = "etc"\n`],
    ['entry.0.mode', `${CHANGELOG}${ENTRY}mode = "rwxr-xr-x"\n`],
    ['entry.0.mode', `${CHANGELOG}${ENTRY}mode = 755\n`],
    ['entry.1.modes', `${CHANGELOG}${ENTRY}${ENTRY}modes = "755"\n`],
  ])('refuses a wrong %s in %j', async (key, text) => {
    const { details } = await expectCode(() => parse(text), 'config-invalid');
    expect(details).toMatchObject({ file: FILE, key });
    expect(details['reason']).not.toBe('');
  });
});

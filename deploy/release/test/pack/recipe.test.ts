/** What the command line adds to the file, and what is refused because it cannot be known without a clock. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createRecipe, type Said } from '../../src/pack/recipe.ts';
import { parseReleaseConfig } from '../../src/pack/release-config.ts';

const FILE = 'pikit-release.toml';
const REST = `changelog = "https://example.org/{version}/{version}"\n[[entry]]\nfrom = "a"\nto = "a"\n`;
const NOBODY: Said = { version: undefined, released: undefined, epoch: undefined };

const recipeOf = (text: string, said: Partial<Said> = {}, notes?: string) =>
  createRecipe(parseReleaseConfig(`${text}\n${REST}`, FILE), FILE, { ...NOBODY, ...said }, notes);

describe('createRecipe', () => {
  it('puts the version into the address of the changelog', () => {
    const { version, members } = recipeOf('version = "1.4.0"');
    expect(version).toBe('1.4.0');
    expect(members).toMatchObject({ format: 1, changelog: 'https://example.org/1.4.0/1.4.0' });
  });

  it('takes the version of the command line before that of the file', () => {
    expect(recipeOf('version = "1.4.0"', { version: 'v1.5.0' }).version).toBe('1.5.0');
  });

  it.each([
    ['the command line', { released: '2026-11-26', epoch: '0' }, '2026-11-26T00:00:00Z'],
    ['the file', { epoch: '0' }, '2026-01-01T00:00:00Z'],
  ])('takes the date of %s first', (_who, said, released) => {
    const { members } = recipeOf('version = "1.4.0"\nreleased = "2026-01-01"', said);
    expect(members).toMatchObject({ released });
  });

  it('takes the date of the environment last, and else none', () => {
    expect(recipeOf('version = "1.4.0"', { epoch: '0' }).released).toBe('1970-01-01T00:00:00Z');
    expect(recipeOf('version = "1.4.0"').released).toBeUndefined();
  });

  it('counts the days of expires from the release', () => {
    const { members } = recipeOf('version = "1.4.0"\nreleased = "2026-11-26"\nexpires = 90');
    expect(members).toMatchObject({ expires: '2027-02-24T00:00:00Z' });
  });

  it('takes the section of the version from a changelog, and any other file whole', () => {
    const text = '## 1.4.0\n- new\n## 1.3.0\n- old\n';
    const notes = (name: string) => recipeOf(`version = "1.4.0"\nnotes = "${name}"`, {}, text);
    expect(notes('docs/Changelog.md').members).toMatchObject({ notes: '- new' });
    expect(notes('notes.md').members).toMatchObject({ notes: text.trim() });
  });

  it.each([
    ['version', '', undefined],
    ['expires', 'version = "1.4.0"\nexpires = 90', undefined],
    ['expires', 'version = "1.4.0"\nreleased = "2240-01-01"\nexpires = 3650', undefined],
    ['expires', 'version = "1.4.0"\nreleased = "2026-02-01"\nexpires = "2026-01-01"', undefined],
    ['notes', 'version = "1.4.0"\nnotes = "CHANGELOG.md"', '## 1.3.0\n- old\n'],
    ['notes', 'version = "1.4.0"\nnotes = "notes.md"', ' \n'],
  ])('refuses the %s of %j', async (key, text, notes) => {
    const { details } = await expectCode(() => recipeOf(text, {}, notes), 'config-invalid');
    expect(details).toMatchObject({ file: FILE, key });
  });

  it.each([{ version: '1.4' }, { released: 'today' }, { epoch: 'today' }])(
    'refuses %j',
    async (said) => {
      await expectCode(() => recipeOf('version = "1.4.0"', said), 'invalid-request');
    },
  );
});

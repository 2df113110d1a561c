/** What is written about a release of the product: the bill of materials, the licences of others, the notes. */
import { VersionSchema } from '@pikit/protocol';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { changelogFor, licencesText, sbomOf } from '../../deploy/product/documents.mjs';
import { sectionOf } from '../../deploy/release/src/pack/changelog-section.ts';

const PRODUCT = { name: 'pikit-updater', version: '1.2.0', licence: 'MIT' };
const SCOPED = {
  place: 'node_modules/@scope/right',
  name: '@scope/right',
  version: '2.0.0',
  licence: 'Apache-2.0',
  integrity: 'sha512-AP8=',
  outputs: ['lib/pikit-agent.mjs', 'ui'],
  texts: ['licence', 'notice'],
};
const PLAIN = {
  ...SCOPED,
  place: 'node_modules/left',
  name: 'left',
  licence: 'ISC',
  integrity: undefined,
  outputs: ['ui'],
};

describe('sbomOf', () => {
  it('is CycloneDX, with name, version, licence, address and digest of each package', () => {
    const sbom: unknown = JSON.parse(sbomOf(PRODUCT, [SCOPED, PLAIN]));
    expect(sbom).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      version: 1,
      metadata: { component: { type: 'application', name: 'pikit-updater', version: '1.2.0' } },
      components: [
        {
          type: 'library',
          group: '@scope',
          name: 'right',
          version: '2.0.0',
          licenses: [{ license: { id: 'Apache-2.0' } }],
          purl: 'pkg:npm/%40scope/right@2.0.0',
          hashes: [{ alg: 'SHA-512', content: '00ff' }],
          properties: [
            { name: 'pikit:bundled-in', value: 'lib/pikit-agent.mjs' },
            { name: 'pikit:bundled-in', value: 'ui' },
          ],
        },
        { name: 'left', purl: 'pkg:npm/left@2.0.0', licenses: [{ license: { id: 'ISC' } }] },
      ],
      dependencies: [
        { ref: '.', dependsOn: ['node_modules/@scope/right', 'node_modules/left'] },
        { ref: 'node_modules/@scope/right' },
        { ref: 'node_modules/left' },
      ],
    });
  });

  it('has nothing of the moment in it, and no digest where the lock file has none', () => {
    expect(sbomOf(PRODUCT, [PLAIN])).not.toMatch(/serialNumber|timestamp|hashes/);
  });
});

describe('licencesText', () => {
  it('has every text, with the package and where it is', () => {
    const text = licencesText(PRODUCT, [SCOPED, PLAIN]);
    expect(text).toContain('@scope/right@2.0.0 (Apache-2.0)\nin lib/pikit-agent.mjs, ui\n');
    expect(text.match(/^licence\nnotice$/gm)).toHaveLength(2);
  });
});

/** As `pikit-release pack` takes them. */
function notesOf(changelog: string, version: string) {
  const { text, warnings } = changelogFor(changelog, version);
  return { notes: sectionOf(text, v.parse(VersionSchema, version)), warnings };
}

describe('changelogFor', () => {
  const head = '# Changelog\n\n## [Unreleased]\n\n';
  const released = '## [1.1.0] - 2026-11-23\n\n- old\n';

  it('leaves the section of a version as it is', () => {
    expect(notesOf(`${head}${released}`, '1.1.0')).toEqual({ notes: '- old', warnings: [] });
  });

  it('says when there are changes since that version', () => {
    expect(notesOf(`${head}### Added\n\n- new\n\n${released}`, '1.1.0')).toEqual({
      notes: '- old',
      warnings: [expect.stringContaining('the next version is due')],
    });
  });

  it('takes what is unreleased for a version without a section, and says so', () => {
    expect(notesOf(`${head}- new\n\n${released}`, '1.2.0')).toEqual({
      notes: '_Not released yet._\n\n- new',
      warnings: [expect.stringContaining('those of [Unreleased]')],
    });
  });

  it('does not take 1.1.0 for 1.1.0-beta.1', () => {
    expect(notesOf(`${head}- new\n\n${released}`, '1.1.0-beta.1').notes).toContain('- new');
  });
});

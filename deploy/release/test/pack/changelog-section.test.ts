/** The section of just one version, however its heading is written. */
import { describe, expect, it } from 'vitest';
import { aVersion } from '../../../../packages/agent/test/support/a-manifest.ts';
import { sectionOf } from '../../src/pack/changelog-section.ts';

const CHANGELOG = `# Changelog

## [Unreleased]

- not yet

## [1.4.0] - 2026-11-26

### Added

- faster

\`\`\`sh
## no heading
[a]: kept
\`\`\`

## v1.3.0
- older
## 1.3.0-rc.1 (June)
- a candidate

## [1.2.0]

## 1.1.0
- the first

[1.4.0]: https://example.org/compare/v1.3.0...v1.4.0
`;

describe('sectionOf', () => {
  it.each([
    ['1.4.0', '### Added\n\n- faster\n\n```sh\n## no heading\n[a]: kept\n```'],
    ['1.3.0', '- older'],
    ['1.3.0-rc.1', '- a candidate'],
    ['1.1.0', '- the first'],
  ])('has that of %s', (version, section) => {
    expect(sectionOf(CHANGELOG, aVersion(version))).toBe(section);
    expect(sectionOf(CHANGELOG.replaceAll('\n', '\r\n'), aVersion(version))).toBe(section);
  });

  it.each([
    ['is not there', '1.4.1'],
    ['is the beginning of another', '1.3.0-rc'],
    ['is empty', '1.2.0'],
  ])('has none for a version that %s', (_what, version) => {
    expect(sectionOf(CHANGELOG, aVersion(version))).toBeUndefined();
  });
});

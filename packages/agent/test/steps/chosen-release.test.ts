/** A source is always told which release is meant, by all of its manifest. */
import { describe, expect, it } from 'vitest';
import type { JournalRecord } from '../../src/core/journal-record.ts';
import { chosenRelease } from '../../src/steps/chosen-release.ts';
import { aSha256, aVersion } from '../support/a-manifest.ts';

const of = (version: JournalRecord['to']['version'], manifestSha256 = aSha256()) =>
  chosenRelease({ record: () => ({ to: { version }, manifestSha256 }) as JournalRecord });

describe('chosenRelease', () => {
  it('is the one that the journal names', () => {
    const version = aVersion('1.1.0');
    expect(of(version)).toEqual({ version, manifestSha256: aSha256() });
  });

  it('is none for what was never published', () => {
    expect(() => of('preexisting')).toThrow(TypeError);
  });
});

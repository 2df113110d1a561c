/** Values of a release for tests: complete and valid, so that a test states only what differs in its own case. */
import { Sha256Schema, VersionSchema, type Sha256, type Version } from '@pikit/protocol';
import type { Manifest, ManifestFile } from '@pikit/protocol/manifest';
import * as v from 'valibot';

export function aVersion(text: string): Version {
  return v.parse(VersionSchema, text);
}

/** A digest that is `digit` 64 times. */
export function aSha256(digit = 'a'): Sha256 {
  return v.parse(Sha256Schema, digit.repeat(64));
}

export function aFile(path: string, patch: Partial<ManifestFile> = {}): ManifestFile {
  return { path, sha256: aSha256(), ...patch };
}

/** In the plan's minimal form. */
export function aManifest(patch: Partial<Manifest> = {}): Manifest {
  return {
    version: aVersion('1.4.0'),
    changelog: 'https://releases.example/pi-kit/1.4.0',
    files: [aFile('pikit-web/index.html'), aFile('pikit-api.py')],
    ...patch,
  };
}

/** As it is published: JSON in UTF-8. */
export function toBytes(document: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(document));
}

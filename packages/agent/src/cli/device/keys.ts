/** Reads whom the device believes: the key files and what releases have said about keys. Changes nothing. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { KEYS, TRUST_FILE } from '../../core/layout.ts';
import { parseKeyLine, parsePublicKey } from '../../core/minisign.ts';
import { TrustRecordSchema } from '../../core/trust-root.ts';
import type { KeyFacts } from '../doctor/keys.ts';
import { lookAt, type Accounts } from './place.ts';
import { readRecord, readSmall } from './records.ts';

/** `signedMs`: when the newest release that was seen was signed, as far as is known. */
export interface Trusted {
  readonly facts: KeyFacts;
  readonly signedMs: number | undefined;
}

export async function readKeys(root: string, accounts: Accounts): Promise<Trusted> {
  const entries = await readdir(join(root, KEYS)).catch((): string[] => []);
  const paths = entries.filter((name) => name.endsWith('.pub')).map((name) => `${KEYS}/${name}`);
  const files = await Promise.all(
    paths.toSorted().map(async (path) => {
      const bytes = await readSmall(join(root, path));
      const text = bytes instanceof Uint8Array ? new TextDecoder().decode(bytes) : '';
      return { place: await lookAt(root, path, accounts), id: parsePublicKey(text)?.id };
    }),
  );
  const trust = await readRecord(root, TRUST_FILE, TrustRecordSchema);
  const record = trust.kind === 'good' ? trust.content : undefined;
  const times = Object.values(record?.seen ?? {}).map(({ signedAt }) => Date.parse(signedAt ?? ''));
  const known = times.filter((time) => !Number.isNaN(time));
  return {
    facts: {
      directory: await lookAt(root, KEYS, accounts),
      files,
      introduced: (record?.introduced ?? []).flatMap(({ key }) => parseKeyLine(key)?.id ?? []),
      retired: (record?.retired ?? []).map(({ key }) => key),
      damage: trust.kind === 'damaged' ? trust.reason : undefined,
    },
    signedMs: known.length === 0 ? undefined : Math.max(...known),
  };
}

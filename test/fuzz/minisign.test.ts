/**
 * Whatever stands in a signature or a key: it is `signature-invalid` or no key, or it is just what a maintainer wrote. A
 * changed signature that still counts would be one that nobody made.
 */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { UpdateError } from '@pikit/protocol';
import * as fc from 'fast-check';
import { expect } from 'vitest';
import {
  isSignedBy,
  parsePublicKey,
  parseSignature,
  type Signature,
  type SignatureMath,
} from '../../packages/agent/src/core/minisign.ts';
import { createMinisignKey } from '../support/minisign-key.ts';
import { property } from './fuzz.ts';
import { mutated } from './mutations.ts';

const CONTENT = Buffer.from('{"version":"2.0.0"}');
const key = createMinisignKey();
const stranger = createMinisignKey();
const hashed = key.sign(CONTENT);
const legacy = key.sign(CONTENT, { legacy: true });

const math: SignatureMath = {
  verify: (bytes, message, signature) => {
    const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytes]);
    return verify(
      null,
      message,
      createPublicKey({ key: der, format: 'der', type: 'spki' }),
      signature,
    );
  },
  blake2b512: (message) => createHash('blake2b512').update(message).digest(),
};

function read(text: string): Signature | undefined {
  try {
    return parseSignature(text);
  } catch (error) {
    expect(error).toBeInstanceOf(UpdateError);
    expect((error as UpdateError).code).toBe('signature-invalid');
    return undefined;
  }
}

const trusted = parsePublicKey(key.publicFile);
/** What a believed signature says; the untrusted comment is nobody's. */
const said = [hashed, legacy].map((text) => parseSignature(text));

const texts = [hashed, legacy, stranger.sign(CONTENT), key.sign('another'), key.publicFile];
const mutatedTexts = mutated(texts.map((text) => Buffer.from(text)));

property('signature: mutated text', mutatedTexts, (bytes) => {
  const found = read(Buffer.from(bytes).toString());
  if (found === undefined || trusted === undefined) return;
  if (isSignedBy(trusted, CONTENT, found, math)) expect(said).toContainEqual(found);
});

property('signature: changed content', mutated([CONTENT]), (bytes) => {
  expect(trusted).toBeDefined();
  if (trusted === undefined) return;
  const isSame = CONTENT.equals(bytes);
  expect(said.map((each) => isSignedBy(trusted, bytes, each, math))).toEqual([isSame, isSame]);
});

const keyTexts = mutated([Buffer.from(key.publicFile), Buffer.from(key.publicLine)]);

property('key: mutated text', fc.oneof(keyTexts, mutatedTexts), (bytes) => {
  const found = parsePublicKey(Buffer.from(bytes).toString());
  if (found === undefined) return;
  expect(found.bytes).toHaveLength(32);
  expect(found.id).toMatch(/^[0-9A-F]{16}$/);
});

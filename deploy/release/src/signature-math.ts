/** What the core's check of a signature needs of node:crypto, as the agent has it too. Decides nothing about who is believed. */
import { createHash, createPublicKey, verify } from 'node:crypto';
import type { SignatureMath } from '../../../packages/agent/src/core/minisign.ts';

/** The fixed beginning of an Ed25519 public key in DER (RFC 8410, section 4). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export const signatureMath: SignatureMath = {
  verify(key, message, signature) {
    const der = Buffer.concat([SPKI_PREFIX, key]);
    return verify(
      null,
      message,
      createPublicKey({ key: der, format: 'der', type: 'spki' }),
      signature,
    );
  },
  blake2b512: (message) => createHash('blake2b512').update(message).digest(),
};
